//! The service as a program: what comes over its network, how it ends, and what it writes down.

mod downloads;
mod http;
mod links;
mod logs;
mod published;
mod stopping;
mod uploads;

use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Read},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread::{self, JoinHandle},
};

use scrim_testkit::Home;
use serde_json::Value;

use self::http::Reply;
use crate::answer::Answer;

/// Nobody is too fast: limits have tests of their own.
const CONFIG: &str = "[limits]
address = { requests = 1000000, seconds = 1 }
account = { requests = 1000000, seconds = 1 }
token = { requests = 1000000, seconds = 1 }
link = { requests = 1000000, seconds = 1 }
";

/// The service at a port of its own, and one account that may do all that these tests do.
struct Service {
    // It ends before its home goes.
    running: Running,
    home: Home,
    token: String,
}

/// One run of the program. It is killed when it is dropped.
struct Running {
    child: Child,
    port: u16,
    /// Reads what is printed, or the program would stop when the pipe is full.
    printed: Option<JoinHandle<Vec<u8>>>,
}

impl Service {
    /// Starts it in a new home.
    fn start() -> Self {
        Self::with(Home::new(), "Ola", "ola@example.org", "warn")
    }

    /// Starts it in a home, after an account was added. `level` is how much it logs.
    fn with(home: Home, name: &str, address: &str, level: &str) -> Self {
        fs::create_dir_all(home.state()).unwrap();
        fs::write(home.state().join("config.toml"), CONFIG).unwrap();
        let run = |words: &[&str]| Answer::of(home.scrim().args(words)).expect(0).last_line();
        let roles = ["organiser", "operator", "administrator"];
        let mut words = vec!["accounts", "add", "--json", address, "--name", name];
        words.extend(roles.iter().flat_map(|role| ["--role", *role]));
        run(&words);
        let made = run(&["accounts", "token", "--json", address]);
        let token = made["token"].as_str().unwrap().to_owned();
        let running = Running::start(&home, 0, level);
        Self {
            running,
            home,
            token,
        }
    }

    /// Kills it as a power cut does, and starts it again at the same port.
    fn kill_and_start(&mut self) {
        self.running.child.kill().unwrap();
        self.start_again();
    }

    /// Starts it at the same port once it has ended.
    fn start_again(&mut self) {
        self.running.child.wait().unwrap();
        self.running = Running::start(&self.home, self.running.port, "warn");
    }

    /// Asks it to stop, as systemd does.
    fn ask_to_stop(&self) {
        let id = self.running.child.id().to_string();
        let killed = Command::new("kill").args(["-TERM", &id]).status().unwrap();
        assert!(killed.success());
    }

    /// Sends a request.
    fn send(&self, method: &str, path: &str, fields: &[(&str, &str)], body: &str) -> Reply {
        http::send(self.running.port, method, path, fields, body)
    }

    /// Gets something with these fields.
    fn get(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        self.send("GET", path, fields, "")
    }

    /// Sends a request with the token.
    fn with_token(&self, method: &str, path: &str, body: &str) -> Reply {
        let bearer = format!("Bearer {}", self.token);
        let fields = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
        ];
        self.send(method, path, &fields, body)
    }

    /// Asks the API, which has to do it.
    #[track_caller]
    fn api(&self, method: &str, path: &str, body: &Value) -> Value {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let reply = self.with_token(method, path, &body);
        let status = reply.status;
        let text = reply.text();
        assert!((200..300).contains(&status), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// Sends a form as a page does.
    fn form(&self, path: &str, body: &str) -> Reply {
        let fields = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("accept", "text/html"),
        ];
        self.send("POST", path, &fields, body)
    }

    /// Makes a link to a recording and returns its path and its id.
    fn link(&self, recording: &str, wishes: &Value) -> (String, String) {
        let mut wanted = serde_json::json!({ "label": "link", "allows": ["play"], "days": 1 });
        for (name, value) in wishes.as_object().unwrap() {
            wanted[name] = value.clone();
        }
        let links = format!("/api/v1/recordings/{recording}/links");
        let made = self.api("POST", &links, &wanted);
        let url = made["url"].as_str().unwrap();
        let at = url.find("/d/").unwrap();
        let id = made["id"].as_str().unwrap();
        (url[at..].to_owned(), id.to_owned())
    }

    /// Opens a link as a browser does for the first time, and returns its cookie.
    fn opened(&self, link: &str) -> String {
        cookie_of(&self.get(link, &[]).expect(200))
    }

    /// Returns a figure of the system about the process, in bytes.
    fn memory(&self, name: &str) -> u64 {
        let path = format!("/proc/{}/status", self.running.child.id());
        let status = fs::read_to_string(path).unwrap();
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        let kilobytes = line.split_whitespace().nth(1).unwrap();
        kilobytes.parse::<u64>().unwrap() * 1024
    }

    /// Ends it and returns what it has printed and logged.
    fn written(mut self) -> (Vec<u8>, Vec<u8>) {
        self.ask_to_stop();
        assert!(self.running.child.wait().unwrap().success());
        let printed = self.running.printed.take().unwrap().join().unwrap();
        (printed, fs::read(log_of(&self.home)).unwrap())
    }
}

/// The cookie that an answer sets, as a browser sends it back.
fn cookie_of(reply: &Reply) -> String {
    let set = reply.field("set-cookie");
    let (cookie, _) = set.split_once(';').unwrap();
    cookie.to_owned()
}

/// Where the log of all runs goes. It lies beside the state.
fn log_of(home: &Home) -> PathBuf {
    home.path().join("log")
}

impl Running {
    /// Starts the program, at any port that is free where none is named.
    fn start(home: &Home, port: u16, level: &str) -> Self {
        let log = File::options()
            .create(true)
            .append(true)
            .open(log_of(home))
            .unwrap();
        let mut child = home
            .scrim()
            .args(["serve", "--json", "--listen"])
            .arg(format!("127.0.0.1:{port}"))
            .env("SCRIM_LOG", level)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line).unwrap_or_else(|error| {
            let log = fs::read_to_string(log_of(home)).unwrap();
            panic!("{error} in: {line}{log}")
        });
        let (_, port) = said["address"].as_str().unwrap().rsplit_once(':').unwrap();
        let port = port.parse().unwrap();
        let printed = thread::spawn(move || {
            let mut printed = line.into_bytes();
            output.read_to_end(&mut printed).unwrap();
            printed
        });
        Self {
            child,
            port,
            printed: Some(printed),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
