//! The peer.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Command, Stdio},
};

use crate::{Outcome, server::Server};

/// Starts nginx with the files of a folder, as its defaults are for static files.
pub(super) fn start(folder: &Path, files: &Path) -> Outcome<Server> {
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let (place, files) = (folder.display(), files.display());
    let configuration = format!(
        "user root; daemon off; worker_processes auto; pid {place}/nginx.pid;
         error_log {place}/nginx.log;
         events {{ worker_connections 4096; }}
         http {{
           access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000;
           client_body_temp_path {place}; proxy_temp_path {place}; fastcgi_temp_path {place};
           uwsgi_temp_path {place}; scgi_temp_path {place};
           server {{ listen {address}; root {files}; }}
         }}\n"
    );
    let file = folder.join("nginx.conf");
    fs::write(&file, configuration)?;
    let mut child = Command::new("nginx")
        .args(["-e", "stderr", "-c"])
        .arg(&file)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("could not start nginx: {error}"))?;
    while TcpStream::connect(address).is_err() {
        if let Some(status) = child.try_wait()? {
            return Err(format!("nginx ended with {status}").into());
        }
    }
    Ok(Server::new(child, address))
}
