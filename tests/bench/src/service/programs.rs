//! The two servers that are compared.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
};

use serde_json::Value;

use crate::Outcome;

/// A server. It is killed when it is dropped.
pub(super) struct Server {
    child: Child,
    pub(super) address: SocketAddr,
}

impl Server {
    /// Starts the service with the home that lies in `home`.
    pub(super) fn scrim(program: &Path, home: &Path) -> Outcome<Self> {
        let mut child = Command::new(program)
            .env("SCRIM_HOME", home)
            // nginx writes no line for each request either.
            .env("SCRIM_LOG", "warn")
            .args(["serve", "--json", "--listen", "127.0.0.1:0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("could not start {}: {error}", program.display()))?;
        let mut line = String::new();
        if let Some(output) = child.stdout.take() {
            BufReader::new(output).read_line(&mut line)?;
        }
        let said: Value = serde_json::from_str(&line)?;
        let address = said["address"].as_str().unwrap_or_default().parse()?;
        Ok(Self { child, address })
    }

    /// Starts nginx with the files of a folder, as its defaults are for static files.
    pub(super) fn nginx(folder: &Path, files: &Path) -> Outcome<Self> {
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
        Ok(Self { child, address })
    }

    /// Returns a figure about memory in MB, such as `VmRSS`.
    pub(super) fn memory(&self, name: &str) -> Outcome<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find(|line| line.starts_with(name));
        let kilobytes = line.and_then(|line| line.split_whitespace().nth(1));
        let kilobytes: f64 = kilobytes.ok_or("no such figure")?.parse()?;
        Ok(kilobytes * 1024.0 / 1e6)
    }

    /// Returns the seconds of processor time that were used so far.
    pub(super) fn cpu(&self) -> Outcome<f64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The name of the program, in brackets, may hold spaces. User and system time are fields 14
        // and 15, in ticks, of which Linux shows 100 in a second.
        let (_, after) = stat.rsplit_once(") ").ok_or("no name in stat")?;
        let mut ticks = 0.0;
        for field in after.split(' ').skip(11).take(2) {
            ticks += field.parse::<f64>()?;
        }
        Ok(ticks / 100.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // nginx ends its workers when it is asked to end, and would leave them when it is killed.
        let id = self.child.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &id]).status();
        let _ = self.child.wait();
    }
}
