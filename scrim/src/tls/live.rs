//! The certificate in use, and when it is read again.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
    time::{Duration, SystemTime},
};

use ring::digest::{SHA256, digest};
use rustls::{
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};

use super::{
    TlsError, TlsSettings,
    generated::{self, Files},
    own::{self, Stamp},
};

/// How often the files are looked at.
const PAUSE: Duration = Duration::from_secs(60);

/// How long before the end of an operator's certificate the log begins to say so.
const WARNING: Duration = Duration::from_secs(14 * DAY.as_secs());

/// How often it says so.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A certificate that follows its files.
///
/// Lock order: `watch`, then `current`. Both are held for copies and file reads only, and a panic
/// while they are held leaves a certificate that was whole.
#[derive(Debug)]
pub(super) struct LiveCertificate {
    settings: TlsSettings,
    current: RwLock<Arc<CertifiedKey>>,
    watch: Mutex<Watch>,
}

/// When the files were looked at, and what was seen.
#[derive(Debug)]
struct Watch {
    looked_at: SystemTime,
    warned_at: Option<SystemTime>,
    stamps: [Option<Stamp>; 2],
}

impl LiveCertificate {
    pub(super) fn open(settings: TlsSettings, now: SystemTime) -> Result<Self, TlsError> {
        prepare(&settings, now)?;
        // Before reading: a change in between is then seen the next time.
        let stamps = stamps(&settings);
        let certified = read(&settings)?;
        let live = Self {
            settings,
            current: RwLock::new(certified),
            watch: Mutex::new(Watch {
                looked_at: now,
                warned_at: None,
                stamps,
            }),
        };
        live.warn_of_end(&mut live.watch(), now);
        Ok(live)
    }

    pub(super) fn fingerprint(&self) -> String {
        let current = self.current();
        let der = current.cert.first().expect("read only returns chains");
        let digest = digest(&SHA256, der);
        let pairs: Vec<String> = digest.as_ref().iter().map(|b| format!("{b:02X}")).collect();
        pairs.join(":")
    }

    pub(super) fn valid_until(&self) -> Option<SystemTime> {
        self.current().cert.first().and_then(own::valid_until)
    }

    /// Reads the files again if a minute has passed and they have changed, and renews a certificate
    /// of Scrim's own. What cannot be used is logged, and the old certificate stays.
    pub(super) fn refresh(&self, now: SystemTime) {
        // Whoever comes while another one looks does not wait for the disk.
        let Ok(mut watch) = self.watch.try_lock() else {
            return;
        };
        // A clock that was set back must not stop this for ever.
        let is_early = now
            .duration_since(watch.looked_at)
            .is_ok_and(|passed| passed < PAUSE);
        if is_early {
            return;
        }
        watch.looked_at = now;
        if let Err(error) = prepare(&self.settings, now) {
            tracing::warn!(error = %error, "could not renew the certificate, the old one stays");
        }
        let seen = stamps(&self.settings);
        if seen != watch.stamps {
            match read(&self.settings) {
                Ok(certified) => {
                    *self.current.write().unwrap_or_else(PoisonError::into_inner) = certified;
                    watch.stamps = seen;
                    tracing::info!(fingerprint = self.fingerprint(), "read a new certificate");
                }
                // The stamps stay: certificate and key are two files, and the second one may come
                // a moment later.
                Err(error) => {
                    tracing::warn!(error = %error, "could not read the new certificate, the old one stays");
                }
            }
        }
        self.warn_of_end(&mut watch, now);
    }

    fn warn_of_end(&self, watch: &mut Watch, now: SystemTime) {
        let is_said = watch.warned_at.is_some_and(|at| now < at + DAY);
        if let Some(end) = self.valid_until()
            && end < now + WARNING
            && !is_said
        {
            let left = end.duration_since(now).unwrap_or_default();
            let days = left.as_secs() / DAY.as_secs();
            tracing::warn!(days, "the certificate ends soon, or has ended");
            watch.warned_at = Some(now);
        }
    }

    fn watch(&self) -> MutexGuard<'_, Watch> {
        self.watch.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn current(&self) -> Arc<CertifiedKey> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&current)
    }
}

impl ResolvesServerCert for LiveCertificate {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.refresh(SystemTime::now());
        Some(self.current())
    }
}

fn prepare(settings: &TlsSettings, now: SystemTime) -> Result<(), TlsError> {
    match settings {
        TlsSettings::Own { .. } => Ok(()),
        TlsSettings::Generated { folder, names } => generated::ensure(folder, names, now),
    }
}

fn read(settings: &TlsSettings) -> Result<Arc<CertifiedKey>, TlsError> {
    let (certificate, key) = paths(settings);
    own::read(&certificate, &key)
}

fn stamps(settings: &TlsSettings) -> [Option<Stamp>; 2] {
    let (certificate, key) = paths(settings);
    [Stamp::of(&certificate), Stamp::of(&key)]
}

fn paths(settings: &TlsSettings) -> (PathBuf, PathBuf) {
    match settings {
        TlsSettings::Own { certificate, key } => (certificate.clone(), key.clone()),
        TlsSettings::Generated { folder, .. } => {
            let files = Files::of(folder);
            (files.certificate, files.key)
        }
    }
}
