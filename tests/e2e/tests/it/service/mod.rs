//! The service as a program: what comes over its network, how it ends, and what it writes down.

mod aiortc;
mod downloads;
mod encoders;
mod http;
mod links;
mod logs;
mod players;
mod published;
mod relays;
mod stopping;
mod uploads;

use std::fs;

use scrim_testkit::Home;
use serde_json::Value;

use self::http::Reply;

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
    running: scrim_testkit::Service,
    home: Home,
    token: String,
}

impl Service {
    /// Starts it in a new home.
    fn start() -> Self {
        Self::with(Home::new(), "Ola", "ola@example.org", "warn")
    }

    /// Starts it in a new home, with more in its configuration.
    fn configured(more: &str) -> Self {
        Self::with_config(Home::new(), "Ola", "ola@example.org", "warn", more)
    }

    /// Starts it in a home, after an account was added. `level` is how much it logs.
    fn with(home: Home, name: &str, address: &str, level: &str) -> Self {
        Self::with_config(home, name, address, level, "")
    }

    fn with_config(home: Home, name: &str, address: &str, level: &str, more: &str) -> Self {
        fs::create_dir_all(home.state()).unwrap();
        let config = format!("{CONFIG}{more}");
        fs::write(home.state().join("config.toml"), config).unwrap();
        let token = home.token(name, address, &["organiser", "operator", "administrator"]);
        let token = fs::read_to_string(token).unwrap();
        let running = run(&home, level, 0);
        Self {
            running,
            home,
            token,
        }
    }

    /// Kills it as a power cut does, and starts it again at the same port.
    fn kill_and_start(&mut self) {
        self.running.kill();
        self.start_again();
    }

    /// Starts it at the same port once it has ended.
    fn start_again(&mut self) {
        self.running = run(&self.home, "warn", self.running.port());
    }

    /// Asks it to stop, as systemd does.
    fn ask_to_stop(&self) {
        self.running.ask_to_stop();
    }

    /// Sends a request.
    fn send(&self, method: &str, path: &str, fields: &[(&str, &str)], body: &str) -> Reply {
        http::send(self.running.port(), method, path, fields, body)
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
        let path = format!("/proc/{}/status", self.running.pid());
        let status = fs::read_to_string(path).unwrap();
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        let kilobytes = line.split_whitespace().nth(1).unwrap();
        kilobytes.parse::<u64>().unwrap() * 1024
    }

    /// Ends it and returns what it has printed and logged.
    fn written(mut self) -> (Vec<u8>, Vec<u8>) {
        self.ask_to_stop();
        let printed = self.running.stopped();
        (printed, self.running.log())
    }
}

fn run(home: &Home, level: &str, port: u16) -> scrim_testkit::Service {
    let mut command = home.scrim();
    command.env("SCRIM_LOG", level);
    scrim_testkit::Service::start_as(home, command, port)
}

/// The cookie that an answer sets, as a browser sends it back.
fn cookie_of(reply: &Reply) -> String {
    let set = reply.field("set-cookie");
    let (cookie, _) = set.split_once(';').unwrap();
    cookie.to_owned()
}
