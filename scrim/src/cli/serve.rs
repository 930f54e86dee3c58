//! Options of `scrim serve`.

use std::net::SocketAddr;

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Address and port to listen at [default: 127.0.0.1:8480, or what `serve` in config.toml says]
    #[arg(long, env = "SCRIM_LISTEN", value_name = "ADDRESS")]
    pub(crate) listen: Option<SocketAddr>,
}
