//! One mail to one person, over SMTP.

use std::{
    error::Error, fmt, fs, io, net::IpAddr, os::unix::fs::PermissionsExt, path::PathBuf,
    time::Duration,
};

use lettre::{
    Address, SmtpTransport, Transport,
    message::{
        Mailbox, Message, SinglePart,
        header::{HeaderName, HeaderValue},
    },
    transport::smtp::{
        self,
        authentication::Credentials,
        client::{Certificate, CertificateStore, Tls, TlsParameters},
    },
};
use ring::rand::{self, SystemRandom};
use schemars::JsonSchema;
#[cfg(test)]
use scrim_policy::Kind;
use scrim_policy::Pii;
use serde::Deserialize;

use super::{SettingsError, trust};

/// How long each answer of the server may take. Servers look a sender up before they answer.
const TIMEOUT: Duration = Duration::from_secs(30);

/// `[mail]`: the server that takes mail from Scrim.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MailSettings {
    /// Name or address of the server.
    #[schemars(example = &"mail.example.eu")]
    pub(crate) host: String,
    /// Its port. Without it 587, with `tls = "tls"` 465, with `tls = "none"` 25.
    #[serde(default)]
    #[schemars(example = 587)]
    pub(crate) port: Option<u16>,
    /// How mail is encrypted on its way there.
    #[serde(default)]
    #[schemars(example = &"starttls")]
    pub(crate) tls: MailTls,
    /// Who the mail is from, such as `Scrim <scrim@example.org>`.
    #[schemars(with = "String", example = &"Scrim <scrim@example.eu>")]
    pub(crate) from: Pii<String>,
    /// The user to log in as. Without it Scrim does not log in.
    #[serde(default)]
    #[schemars(with = "Option<String>", example = &"scrim")]
    pub(crate) user: Option<Pii<String>>,
    /// File with the password, which only its owner and its group may read.
    #[serde(default)]
    #[schemars(example = &"/etc/scrim/mail-password")]
    pub(crate) password_file: Option<PathBuf>,
    /// Certificates in PEM form that the server's own must lead to, instead of those of Mozilla.
    #[serde(default)]
    #[schemars(example = &"/etc/scrim/mail-ca.pem")]
    pub(crate) ca_file: Option<PathBuf>,
}

/// How mail is encrypted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum MailTls {
    /// The connection begins in the clear and is encrypted before anything is said. A server that
    /// does not offer it gets no mail.
    #[default]
    Starttls,
    /// The connection is encrypted from its first byte.
    Tls,
    /// Not at all: for a server on this machine.
    None,
}

/// A mail was not sent. What the server answered is left out but for its number, since it tends to
/// repeat the address.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum MailError {
    /// The receiver is none.
    #[error("the receiver has no usable address of mail")]
    BadReceiver,

    /// The mail cannot be written down.
    #[error("the mail cannot be put into the form of mail")]
    BadMail,

    /// The server does not want this mail, now or later.
    #[error("the mail server rejected the mail with status {status}")]
    Rejected {
        /// Reply code of SMTP, from 500.
        status: u16,
    },

    /// The server asks to come again.
    #[error("the mail server wants the mail later: status {status}")]
    Postponed {
        /// Reply code of SMTP, from 400 to 499.
        status: u16,
    },

    /// The server does not know us.
    #[error("the mail server does not let us log in: status {status}")]
    NotLoggedIn {
        /// Reply code of SMTP.
        status: u16,
    },

    /// The server is not the one it should be.
    #[error("the certificate of the mail server is not trusted")]
    Untrusted {
        /// Why.
        source: rustls::Error,
    },

    /// The server lacks what the settings ask for: STARTTLS, a way to log in, other alphabets in
    /// addresses.
    #[error("the mail server cannot do what is asked of it, such as STARTTLS")]
    Unsuitable,

    /// There is no server, or none that speaks SMTP.
    #[error("the mail server cannot be reached: {reason}")]
    Unreachable {
        /// What the operating system said.
        reason: io::ErrorKind,
    },
}

impl MailError {
    /// Returns what a caller can do about it.
    #[cfg(test)]
    pub(crate) const fn kind(&self) -> Kind {
        match self {
            Self::BadReceiver | Self::BadMail | Self::Rejected { .. } => Kind::Invalid,
            Self::Postponed { .. }
            | Self::NotLoggedIn { .. }
            | Self::Untrusted { .. }
            | Self::Unsuitable
            | Self::Unreachable { .. } => Kind::Unavailable,
        }
    }

    /// Says whether the same mail fails again whenever it is tried. All else an operator or time can
    /// mend.
    pub(crate) const fn is_final(&self) -> bool {
        matches!(
            self,
            Self::BadReceiver | Self::BadMail | Self::Rejected { .. }
        )
    }
}

/// Sends mail. It keeps no connection open and blocks while it sends.
pub(crate) struct Mailer {
    transport: SmtpTransport,
    from: Mailbox,
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailer").finish_non_exhaustive()
    }
}

impl Mailer {
    /// Reads the files of the settings. Nothing is connected yet.
    ///
    /// # Errors
    /// [`SettingsError`].
    pub(crate) fn new(settings: &MailSettings) -> Result<Self, SettingsError> {
        let from: Mailbox = settings
            .from
            .reveal()
            .parse()
            .map_err(|_| SettingsError::BadSender)?;
        let host = settings.host.as_str();
        let (tls, usual_port) = match settings.tls {
            MailTls::Starttls => (Tls::Required(settings.tls_parameters()?), 587),
            MailTls::Tls => (Tls::Wrapper(settings.tls_parameters()?), 465),
            MailTls::None if is_this_machine(host) => (Tls::None, 25),
            MailTls::None => return Err(SettingsError::PlainMail),
        };
        let mut builder = SmtpTransport::builder_dangerous(host)
            .port(settings.port.unwrap_or(usual_port))
            .tls(tls)
            .timeout(Some(TIMEOUT));
        if let Some(credentials) = settings.credentials()? {
            builder = builder.credentials(credentials);
        }
        Ok(Self {
            transport: builder.build(),
            from,
        })
    }

    /// Sends a mail of plain text.
    ///
    /// # Errors
    /// [`MailError`]. Unless it [is final](MailError::is_final), the mail is worth another try.
    pub(crate) fn send(
        &self,
        to: &Pii<String>,
        subject: &str,
        text: &str,
    ) -> Result<(), MailError> {
        let to: Address = to.reveal().parse().map_err(|_| MailError::BadReceiver)?;
        let auto_submitted = HeaderName::new_from_ascii_str("Auto-Submitted");
        let mail = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(subject)
            .message_id(Some(self.new_id()?))
            // RFC 3834: answering machines keep quiet.
            .raw_header(HeaderValue::new(
                auto_submitted,
                "auto-generated".to_owned(),
            ))
            .singlepart(SinglePart::plain(text.to_owned()))
            .map_err(|_| MailError::BadMail)?;
        self.transport.send(&mail).map(drop).map_err(sorted)
    }

    /// Tells nothing but the domain of the sender. Left to itself, the library names the machine.
    fn new_id(&self) -> Result<String, MailError> {
        let random: [u8; 16] = rand::generate(&SystemRandom::new())
            .map_err(|_| MailError::BadMail)?
            .expose();
        let number = u128::from_be_bytes(random);
        Ok(format!("<{number:032x}@{}>", self.from.email.domain()))
    }
}

impl MailSettings {
    fn tls_parameters(&self) -> Result<TlsParameters, SettingsError> {
        let mut builder = TlsParameters::builder(self.host.clone());
        builder = match &self.ca_file {
            None => builder.certificate_store(CertificateStore::WebpkiRoots),
            Some(path) => {
                let authorities = trust::read(path)?;
                let certificates = Certificate::from_pem(&authorities.pem)
                    .map_err(|_| SettingsError::NoCertificate { path: path.clone() })?;
                builder
                    .certificate_store(CertificateStore::None)
                    .add_root_certificate(certificates)
            }
        };
        builder.build().map_err(|_| SettingsError::BadHost)
    }

    fn credentials(&self) -> Result<Option<Credentials>, SettingsError> {
        let (user, path) = match (&self.user, &self.password_file) {
            (None, None) => return Ok(None),
            (Some(user), Some(path)) => (user, path),
            _ => return Err(SettingsError::HalfCredentials),
        };
        let failed = |source| SettingsError::Unread {
            path: path.clone(),
            source,
        };
        let mode = fs::metadata(path).map_err(failed)?.permissions().mode() & 0o777;
        if mode & 0o007 != 0 {
            let path = path.clone();
            return Err(SettingsError::OpenToOthers { path, mode });
        }
        let password = fs::read_to_string(path).map_err(failed)?;
        // An editor ends the file with an empty line that is not part of the password.
        let password = password.trim_end_matches(['\r', '\n']);
        Ok(Some(Credentials::new(
            user.reveal().clone(),
            password.to_owned(),
        )))
    }
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Sorts what happened by what can be done about it.
fn sorted(error: smtp::Error) -> MailError {
    if let Some(code) = error.status() {
        let status = u16::from(code);
        return match status {
            // RFC 4954, section 6.
            432 | 454 | 530 | 534 | 535 | 538 => MailError::NotLoggedIn { status },
            _ if error.is_permanent() => MailError::Rejected { status },
            _ => MailError::Postponed { status },
        };
    }
    if let Some(source) = cause::<rustls::Error>(&error) {
        let source = source.clone();
        return MailError::Untrusted { source };
    }
    if error.is_client() {
        return MailError::Unsuitable;
    }
    let reason = cause::<io::Error>(&error).map_or(io::ErrorKind::InvalidData, io::Error::kind);
    MailError::Unreachable { reason }
}

/// Finds a cause of this type. What is wrapped in an error of the operating system is one of its
/// causes as well, though it does not say so.
fn cause<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut next = error.source();
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        let io = error.downcast_ref::<io::Error>();
        let wrapped = io.and_then(io::Error::get_ref);
        if let Some(found) = wrapped.and_then(|error| error.downcast_ref()) {
            return Some(found);
        }
        next = error.source();
    }
    None
}
