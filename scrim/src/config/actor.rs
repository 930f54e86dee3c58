//! Who runs this program, for the audit log.

use std::fs;

use rustix::process::getuid;
use scrim_policy::Actor;

/// Where Linux says who logged in. Nobody can change that afterwards, `sudo` does not either.
const LOGIN: &str = "/proc/self/loginuid";

/// What is there when nobody logged in, as for a service.
const NOBODY: u32 = u32::MAX;

/// Returns the user that the program runs as, and with another one who logged in both:
/// `uid:0/login:1000`.
pub(super) fn of_process() -> Actor {
    let uid = getuid().as_raw();
    let login = fs::read_to_string(LOGIN).ok();
    let login = login.and_then(|text| text.trim().parse::<u32>().ok());
    match login.filter(|login| *login != NOBODY && *login != uid) {
        Some(login) => Actor::uid(uid).after_login(login),
        None => Actor::uid(uid),
    }
}
