//! The peer: Janus, whose streaming plugin gives plain RTP to whoever watches.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket},
    path::Path,
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use super::{
    Watching,
    media::{AUDIO_PAYLOAD, VIDEO_PAYLOAD},
    page::Page,
    presenter::{Presenter, Way},
};
use crate::{Outcome, server::Server};

const MOUNTPOINT: u64 = 1;

/// All that Debian's package has beside what is measured.
const OTHER_PLUGINS: &str = "audiobridge duktape echotest lua nosip recordplay sip textroom \
    videocall videoroom voicemail";
const OTHER_TRANSPORTS: &str = "http mqtt nanomsg pfunix rabbitmq";

/// Janus with a stream.
pub(super) struct Janus {
    pub(super) presenter: Presenter,
    pub(super) server: Server,
}

impl Janus {
    /// Starts Janus as it is by default, with media at one address of this machine, and a presenter.
    /// `folder` is its own.
    pub(super) fn start(folder: &Path, media: Ipv4Addr) -> Outcome<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let (sound, pictures) = (free_port()?, free_port()?);
        configure(folder, media, address, (sound, pictures))?;
        let mut child = Command::new("janus")
            .arg("--configs-folder")
            .arg(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("could not start janus: {error}"))?;
        while TcpStream::connect(address).is_err() {
            if let Some(status) = child.try_wait()? {
                return Err(format!("janus ended with {status}").into());
            }
        }
        let server = Server::new(child, address);
        let way = Way::Plain(sound, pictures);
        Ok(Self {
            presenter: Presenter::start(UdpSocket::bind("127.0.0.1:0")?, way)?,
            server,
        })
    }
}

/// Comes in as somebody who watches.
pub(super) fn watch(address: SocketAddr) -> Outcome<Watching> {
    let protocol = ("sec-websocket-protocol", "janus-protocol");
    let mut page = Page::open(address, "/", Some(protocol))?;
    let made = json!({ "janus": "create", "transaction": "create" });
    let session = id(&mut page, &made)?;
    let about =
        |janus: &str| json!({ "janus": janus, "session_id": session, "transaction": janus });
    let mut attach = about("attach");
    attach["plugin"] = "janus.plugin.streaming".into();
    let handle = id(&mut page, &attach)?;
    let mut watch = about("message");
    watch["handle_id"] = handle.into();
    watch["body"] = json!({ "request": "watch", "id": MOUNTPOINT });
    page.say(&watch)?;
    let offer = page.hear(|said| Ok(refused(said)?["jsep"]["sdp"].as_str().map(str::to_owned)))?;
    let mut start = about("message");
    start["handle_id"] = handle.into();
    start["body"] = json!({ "request": "start" });
    Ok(Watching {
        page,
        offer,
        ping: about("keepalive"),
        answer: Box::new(move |sdp| {
            start["jsep"] = json!({ "type": "answer", "sdp": sdp });
            start
        }),
    })
}

/// Asks for something that gets an id.
fn id(page: &mut Page, wish: &Value) -> Outcome<u64> {
    page.say(wish)?;
    page.hear(|said| Ok(refused(said)?["data"]["id"].as_u64()))
}

fn refused(said: &Value) -> Outcome<&Value> {
    let failure = [&said["error"], &said["plugindata"]["data"]["error"]];
    match failure.into_iter().find(|failure| !failure.is_null()) {
        Some(failure) => Err(format!("Janus said no: {failure}").into()),
        None => Ok(said),
    }
}

fn free_port() -> Outcome<SocketAddr> {
    Ok(UdpSocket::bind("127.0.0.1:0")?.local_addr()?)
}

/// Writes the configuration. What is not said is the default: no STUN, no lite ICE, no trickling, and a
/// thread for each viewer.
fn configure(
    folder: &Path,
    media: Ipv4Addr,
    address: SocketAddr,
    (sound, pictures): (SocketAddr, SocketAddr),
) -> Outcome<()> {
    let listed = |names: &str| -> String {
        let names = names.split_whitespace();
        let names: Vec<_> = names.map(|name| format!("libjanus_{name}.so")).collect();
        names.join(",")
    };
    let (plugins, transports) = (listed(OTHER_PLUGINS), listed(OTHER_TRANSPORTS));
    let general = format!(
        "general: {{ debug_level = 2  debug_colors = false }}
         nat: {{ ice_enforce_list = \"{media}\" }}
         plugins: {{ disable = \"{plugins}\" }}
         transports: {{ disable = \"{transports}\" }}\n"
    );
    let port = address.port();
    let websockets = format!(
        "general: {{ ws = true  ws_port = {port}  ws_ip = \"127.0.0.1\"  wss = false }}
         admin: {{ admin_ws = false  admin_wss = false }}\n"
    );
    let (sound, pictures) = (sound.port(), pictures.port());
    let streaming = format!(
        "stage: {{
           type = \"rtp\"  id = {MOUNTPOINT}  description = \"stage\"
           audio = true  audioport = {sound}  audioiface = \"127.0.0.1\"
           audiopt = {AUDIO_PAYLOAD}  audiocodec = \"opus\"
           video = true  videoport = {pictures}  videoiface = \"127.0.0.1\"
           videopt = {VIDEO_PAYLOAD}  videocodec = \"vp8\"
         }}\n"
    );
    for (name, text) in [
        ("janus.jcfg", general),
        ("janus.transport.websockets.jcfg", websockets),
        ("janus.plugin.streaming.jcfg", streaming),
    ] {
        fs::write(folder.join(name), text)?;
    }
    Ok(())
}
