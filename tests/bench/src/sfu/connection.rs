//! One connection of a peer, without I/O: it is given datagrams and the time, and says what to send.
//!
//! ```text
//!        who answers (receives)                     who offers (sends)
//! ICE    waits to be nominated, and checks          nominates
//! DTLS   client                                     server
//! SRTP   AES128_CM_HMAC_SHA1_80, the one that every server has to know (RFC 8827, 6.5)
//! ```
//!
//! Servers are compared by what encrypting costs them as well, so the cipher is the same for all.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use rtc_dtls::{
    config::{ClientAuthType, ConfigBuilder, HandshakeConfig},
    crypto::Certificate,
    crypto_provider::{HashAlgorithm, RTCCryptoProvider, default_provider},
    endpoint::{Endpoint, EndpointEvent},
    extension::extension_use_srtp::SrtpProtectionProfile,
};
use rtc_srtp::{
    config::{Config, LABEL_EXTRACTOR_DTLS_SRTP},
    context::Context,
    protection_profile::ProtectionProfile,
};

use super::{
    sdp::Remote,
    stun::{self, Checker, Message, Transaction},
};
use crate::Outcome;

/// How often the other side is checked until it is reached, and afterwards (RFC 7675, 5.1).
const CHECK_EVERY: Duration = Duration::from_millis(50);
const CONSENT_EVERY: Duration = Duration::from_secs(5);

/// How long an answer to a message of DTLS is waited for, as in Chromium. The first one comes before the other
/// side knows that it may answer.
const FLIGHT: Duration = Duration::from_millis(50);

/// What all peers of a run show: one certificate, because making one takes time.
pub(super) struct Identity {
    provider: Arc<dyn RTCCryptoProvider>,
    client: Arc<HandshakeConfig>,
    server: Arc<HandshakeConfig>,
    /// SHA-256 of the certificate.
    pub(super) fingerprint: Vec<u8>,
}

impl Identity {
    /// Makes a certificate.
    pub(super) fn new() -> Outcome<Self> {
        let provider = default_provider()?;
        let crypto = provider.crypto();
        let certificate = Certificate::generate_self_signed(vec!["bench".to_owned()], crypto)?;
        let shown = certificate.certificate.first().ok_or("no certificate")?;
        let fingerprint = crypto.hash(HashAlgorithm::Sha256, shown)?;
        let config = |is_client| {
            let profile = SrtpProtectionProfile::Srtp_Aes128_Cm_Hmac_Sha1_80;
            ConfigBuilder::default()
                .with_crypto_provider(provider.clone())
                .with_certificates(vec![certificate.clone()])
                .with_srtp_protection_profiles(vec![profile])
                // Nobody signed it: it is compared with the fingerprint of the description.
                .with_insecure_skip_verify(true)
                .with_client_auth(ClientAuthType::RequireAnyClientCert)
                .with_flight_interval(FLIGHT)
                .build(is_client, None)
                .map(Arc::new)
        };
        let (client, server) = (config(true)?, config(false)?);
        Ok(Self {
            provider,
            client,
            server,
            fingerprint,
        })
    }

    /// Returns names for a connection that nobody can guess.
    pub(super) fn credentials(&self) -> Outcome<Credentials> {
        let mut random = [0; 20];
        self.provider.random().fill(&mut random)?;
        let digits: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let (name, password) = digits.split_at(8);
        Ok(Credentials {
            name: name.to_owned(),
            password: password.to_owned(),
        })
    }
}

/// What ICE calls one side, and what its checks are signed with.
pub(super) struct Credentials {
    pub(super) name: String,
    pub(super) password: String,
}

/// Who has offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Offers,
    Answers,
}

/// Keys in both directions.
pub(super) struct Srtp {
    pub(super) inbound: Context,
    pub(super) outbound: Context,
}

/// One connection.
pub(super) struct Connection {
    identity: Arc<Identity>,
    role: Role,
    ours: Credentials,
    remote: Remote,
    /// What checks say about who makes them.
    username: String,
    transactions: u64,
    /// The last check that was made.
    pending: Transaction,
    is_reached: bool,
    next_check: Instant,
    endpoint: Endpoint,
    has_begun: bool,
    srtp: Option<Srtp>,
    outgoing: Vec<Vec<u8>>,
}

impl Connection {
    /// Makes a connection from `local` to what the server has described.
    pub(super) fn new(
        identity: &Arc<Identity>,
        role: Role,
        ours: Credentials,
        remote: Remote,
        local: SocketAddr,
    ) -> Self {
        let server = (role == Role::Offers).then(|| identity.server.clone());
        Self {
            identity: identity.clone(),
            role,
            username: format!("{}:{}", remote.credentials.name, ours.name),
            endpoint: Endpoint::new(local, Default::default(), server),
            ours,
            remote,
            transactions: 0,
            pending: [0; 12],
            is_reached: false,
            next_check: Instant::now(),
            has_begun: false,
            srtp: None,
            outgoing: Vec::new(),
        }
    }

    /// Where the server is.
    pub(super) fn remote(&self) -> SocketAddr {
        self.remote.address
    }

    /// The keys, once the server has shown the right certificate.
    pub(super) fn srtp(&mut self) -> Option<&mut Srtp> {
        self.srtp.as_mut()
    }

    /// Returns what has to be sent.
    pub(super) fn outgoing(&mut self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.outgoing)
    }

    /// Takes a datagram that is neither RTP nor RTCP.
    pub(super) fn receive(&mut self, now: Instant, datagram: &[u8]) -> Outcome<()> {
        if stun::is_stun(datagram) {
            return self.check(now, datagram);
        }
        let remote = self.remote.address;
        for event in self.endpoint.read(now, remote, None, datagram.into())? {
            match event {
                EndpointEvent::HandshakeComplete => self.srtp = Some(self.keys()?),
                EndpointEvent::PeerClosed => return Err("the server has ended a connection".into()),
                _ => {}
            }
        }
        self.collect();
        Ok(())
    }

    /// Does what is due. To be called every few ten milliseconds.
    pub(super) fn tick(&mut self, now: Instant) -> Outcome<()> {
        let remote = self.remote.address;
        if self.endpoint.poll_timeout(&remote).is_some() {
            self.endpoint.handle_timeout(remote, now)?;
            self.collect();
        }
        if now < self.next_check {
            return Ok(());
        }
        self.next_check = now
            + match self.is_reached {
                true => CONSENT_EVERY,
                false => CHECK_EVERY,
            };
        self.transactions += 1;
        self.pending[4..].copy_from_slice(&self.transactions.to_be_bytes());
        let checker = Checker {
            username: &self.username,
            password: &self.remote.credentials.password,
            is_controlling: self.role == Role::Offers,
            tie_breaker: 1,
        };
        let crypto = self.identity.provider.crypto();
        let check = stun::check(crypto, &self.pending, &checker)?;
        self.outgoing.push(check);
        Ok(())
    }

    fn check(&mut self, now: Instant, datagram: &[u8]) -> Outcome<()> {
        let crypto = self.identity.provider.crypto();
        let passwords = (&*self.ours.password, &*self.remote.credentials.password);
        match stun::read(crypto, datagram, passwords) {
            Some(Message::Check {
                transaction,
                is_nominated,
            }) => {
                let (from, ours) = (self.remote.address, &self.ours.password);
                let answer = stun::reached(crypto, &transaction, from, ours)?;
                self.outgoing.push(answer);
                if is_nominated && self.role == Role::Answers && !self.has_begun {
                    self.has_begun = true;
                    let client = self.identity.client.clone();
                    self.endpoint.connect(now, from, client, None)?;
                    self.collect();
                }
            }
            Some(Message::Reached(transaction)) => {
                self.is_reached |= transaction == self.pending;
            }
            None => {}
        }
        Ok(())
    }

    fn collect(&mut self) {
        while let Some(transmit) = self.endpoint.poll_transmit() {
            self.outgoing.push(transmit.message.to_vec());
        }
    }

    /// Compares the certificate, and takes the keys out of the handshake (RFC 5764, 4.2).
    fn keys(&self) -> Outcome<Srtp> {
        let state = self.endpoint.get_connection_state(self.remote.address);
        let state = state.ok_or("there is no handshake")?;
        let crypto = self.identity.provider.crypto();
        let shown = state.peer_certificates.first();
        let shown = shown.ok_or("the server has shown no certificate")?;
        if crypto.hash(HashAlgorithm::Sha256, shown)? != self.remote.fingerprint {
            return Err("the server has shown another certificate than it said".into());
        }
        let profile = ProtectionProfile::Aes128CmHmacSha1_80;
        let mut config = Config {
            profile,
            ..Config::default()
        };
        let length = config.keying_material_len();
        let material = state.export_keying_material(LABEL_EXTRACTOR_DTLS_SRTP, &[], length)?;
        let is_client = self.role == Role::Answers;
        config.set_session_keys_from_keying_material(material.as_ref(), is_client)?;
        let keys = &config.keys;
        let context =
            |key: &[u8], salt: &[u8]| Context::new(key, salt, profile, None, None, crypto);
        Ok(Srtp {
            inbound: context(&keys.remote_master_key, &keys.remote_master_salt)?,
            outbound: context(&keys.local_master_key, &keys.local_master_salt)?,
        })
    }
}
