//! A provider that people sign in with.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Stdio},
};

use crate::peer;

/// The certified provider `oidc-provider`: its own process, its own port, its own keys. It signs
/// everybody in as Maja, and can be told to cheat, see `tests/peers/oidc/provider.mjs`. It ends when
/// it is dropped.
pub struct OidcProvider {
    child: Child,
    port: u16,
}

impl OidcProvider {
    /// The secret of its clients.
    pub const CLIENT_SECRET: &str = "correct: horse/battery+staple%20&=";

    /// Where its clients let browsers come back to.
    pub const CALLBACK: &str = "http://127.0.0.1:8480/login/oidc/callback";

    /// Starts a provider, which is installed first if it was missing. The options are JSON.
    pub fn start(options: &str) -> Self {
        let mut child = peer::script("oidc", "provider.mjs")
            .arg(options)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            // It ends with the test, which shows what it complained about.
            .stderr(Stdio::inherit())
            .spawn()
            .expect("what was installed can be started");
        let output = child.stdout.take().expect("it is piped");
        let mut line = String::new();
        BufReader::new(output)
            .read_line(&mut line)
            .expect("its output can be read");
        let port = line.trim().parse();
        let port = port.expect("the provider says its port first");
        Self { child, port }
    }

    /// Returns the issuer, which is its address as well.
    pub fn issuer(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for OidcProvider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
