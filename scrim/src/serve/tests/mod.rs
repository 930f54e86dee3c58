//! The service without a network: its routes, called as a server would call them.
#![allow(clippy::unwrap_used)]

mod access;
mod attacks;
pub(super) mod consents;
mod documents;
mod downloads;
mod floods;
mod guesses;
mod messages;
mod outside;
mod pages;
mod programs;
mod registration_limits;
mod registrations;
mod repeats;
mod rooms;

use std::{
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use axum::{
    Extension, Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode, header},
};
use scrim_policy::{AccountId, AccountRole, AccountRoles, Permissions, Pii, TenantId};
use scrim_sfu::media::wait_for_ends;
use scrim_storage::{
    Begun, Claim, Job, Sha256Digest, Timestamp, Vault,
    service::{AccountWords, NewAccount, NewPassword},
};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tower::ServiceExt;

use super::{
    app::{App, now},
    peer::Peer,
};
use crate::{config::Config, home::Home};

const HOST: &str = "127.0.0.1:8480";
pub(super) const PASSWORD: &str = "correct horse battery";

/// A service with a vault of its own.
pub(super) struct Service {
    pub(super) app: App,
    pub(super) router: Router,
    /// Requests run in it. Tests themselves run beside it, since the vault blocks.
    pub(super) runtime: Runtime,
    _folder: TempDir,
    /// Comes last: rooms end with the runtime.
    _ends: Ends,
}

/// Lets a test end only after its connections for media: a process that ends before takes away what their
/// threads use.
struct Ends;

impl Drop for Ends {
    fn drop(&mut self) {
        wait_for_ends(Duration::from_secs(10));
    }
}

/// What was answered.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Reply {
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The cookies that are set, as a browser sends them back.
    pub(super) fn cookies(&self) -> String {
        let all = self.headers.get_all(header::SET_COOKIE).iter();
        let pairs = all.map(|value| {
            value
                .to_str()
                .unwrap()
                .split(';')
                .next()
                .unwrap()
                .to_owned()
        });
        pairs.collect::<Vec<_>>().join("; ")
    }
}

impl Service {
    pub(super) fn new() -> Self {
        Self::with(&Config::default())
    }

    /// A service with a configuration.
    pub(super) fn with(config: &Config) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::find(Some(folder.path().join("home"))).unwrap();
        let vault = Vault::open(home.folder(), Vault::default_unlock(home.folder())).unwrap();
        let settings = config.serve.settings(None).unwrap();
        let app = App::new(vault, home, settings, config).unwrap();
        let peer = Peer(IpAddr::V4(Ipv4Addr::LOCALHOST));
        Self {
            router: super::router(&app).layer(Extension(peer)),
            app,
            runtime: Runtime::new().unwrap(),
            _folder: folder,
            _ends: Ends,
        }
    }

    /// Adds an account.
    pub(super) fn account(&self, tenant: TenantId, name: &str, roles: &[AccountRole]) -> AccountId {
        let account = NewAccount {
            tenant,
            words: AccountWords {
                name: Pii::new(name.to_owned()),
                address: Pii::new(format!("{name}@example.eu")),
            },
            roles: AccountRoles::of(roles),
            language: "en",
            password: Some(NewPassword::new(PASSWORD.to_owned()).unwrap()),
            outside: None,
        };
        self.app
            .vault
            .add_account(&account, now())
            .unwrap()
            .unwrap()
    }

    /// Adds an account, and a token that may all that the account may.
    pub(super) fn token(&self, tenant: TenantId, name: &str, roles: &[AccountRole]) -> String {
        let id = self.account(tenant, name, roles);
        let account = self.app.vault.account(tenant, id).unwrap().unwrap();
        let may: Permissions = account.roles.permissions();
        let times = (now(), now().plus_days(1));
        let (_, secret) = self
            .app
            .vault
            .make_token(&account, "test", &may, times)
            .unwrap();
        secret.expose().to_owned()
    }

    /// Begins a recording of a source.
    pub(super) fn claim(&self, tenant: TenantId, source: &str, at: Timestamp) -> Claim {
        let digest = Sha256Digest::of(source.as_bytes());
        let vault = &self.app.vault;
        let job = Job {
            tenant,
            key: vault.keyring().keyed_digest("job", &[source.as_bytes()]),
            source_sha256: digest,
            policy_sha256: digest,
            policy_name: "stage".to_owned(),
            original: None,
        };
        match vault.begin_or_resume(&job, at).unwrap() {
            Begun::New(claim) => claim,
            begun => panic!("it is not new: {begun:?}"),
        }
    }

    pub(super) fn send(&self, request: Request<Body>) -> Reply {
        self.runtime.block_on(self.answered(request))
    }

    async fn answered(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        // What never ends, such as events, is not read.
        let kind = parts.headers.get(header::CONTENT_TYPE);
        let is_endless = kind.is_some_and(|kind| kind == "text/event-stream");
        let body = match is_endless {
            true => Vec::new(),
            false => axum::body::to_bytes(body, 64 << 20).await.unwrap().to_vec(),
        };
        Reply {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    /// Asks with these headers and this body.
    pub(super) fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Reply {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", HOST);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(body.into()).unwrap())
    }

    /// Asks as a program does.
    pub(super) fn api(&self, token: &str, method: &str, path: &str, body: &str) -> Reply {
        let bearer = format!("Bearer {token}");
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
            ("tus-resumable", "1.0.0"),
        ];
        self.ask(method, path, &headers, body.to_owned())
    }

    /// Sends a form as a page does.
    pub(super) fn form(&self, cookies: &str, path: &str, fields: &[(&str, &str)]) -> Reply {
        let body = serde_urlencoded::to_string(fields).unwrap();
        let headers = [
            ("cookie", cookies),
            ("content-type", "application/x-www-form-urlencoded"),
            ("origin", "http://127.0.0.1:8480"),
            ("accept", "text/html"),
        ];
        self.ask("POST", path, &headers, body)
    }

    /// Signs in and returns the cookies.
    pub(super) fn sign_in(&self, name: &str) -> String {
        let email = format!("{name}@example.eu");
        let fields = [
            ("email", email.as_str()),
            ("password", PASSWORD),
            ("next", "/account"),
        ];
        let reply = self.form("", "/login", &fields);
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.text());
        reply.cookies()
    }

    /// Opens a page and returns what its forms send along.
    pub(super) fn csrf(&self, cookies: &str, path: &str) -> String {
        let page = self.ask("GET", path, &[("cookie", cookies)], "").text();
        let after = page.split("name=\"csrf-token\" content=\"").nth(1);
        let csrf = after
            .unwrap_or_else(|| panic!("no token: {page}"))
            .split('"')
            .next();
        csrf.unwrap().to_owned()
    }
}
