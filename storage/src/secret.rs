//! Bytes that must not be printed, stored or left behind in memory.

use std::fmt;

use region::LockGuard;

use scrim_policy::Kind;
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

/// A key of `N` bytes.
///
/// It lives on the heap, so that moving it leaves no copy on a stack, and is overwritten when it is
/// dropped. `Debug` shows its length only. It is deliberately neither `Clone`, `Serialize` nor
/// `PartialEq`: compare with [`Secret::matches`].
///
/// It has a page of its own, which is kept out of swap for as long as the limit on locked memory
/// (`ulimit -l`) allows. Beyond that limit it is a secret like any other, in memory that can be
/// swapped: refusing to work would not make it safer.
pub struct Secret<const N: usize> {
    /// Dropped after the bytes were overwritten and before their page is given back.
    _lock: Option<LockGuard>,
    page: Box<Page<N>>,
}

/// Memory is locked by page, and the lock of one secret must not end with that of its neighbour.
/// Pages have 4 KiB on x86-64 and on nearly all other machines; where they are larger, neighbours
/// may lose their lock early.
#[repr(align(4096))]
struct Page<const N: usize>([u8; N]);

/// The key of exactly one artefact: 32 random bytes, input of the key derivation of [`crate::seal`].
pub type DataKey = Secret<32>;

impl<const N: usize> Secret<N> {
    /// Returns fresh random bytes from the operating system.
    ///
    /// # Errors
    /// [`EntropyError`] when the operating system has none to give.
    pub fn random() -> Result<Self, EntropyError> {
        Self::filled_by(|bytes| fill_random(bytes))
    }

    /// Takes a copy of `bytes`, or nothing when there are not exactly `N` of them.
    ///
    /// The caller still has to erase the original.
    pub fn copy_from(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; N] = bytes.try_into().ok()?;
        let mut secret = Self::zeros();
        secret.page.0.copy_from_slice(bytes);
        Some(secret)
    }

    /// Lets `write` fill a new secret in place, so that no second copy of it comes to be.
    pub(crate) fn filled_by<E>(
        write: impl FnOnce(&mut [u8; N]) -> Result<(), E>,
    ) -> Result<Self, E> {
        let mut secret = Self::zeros();
        write(&mut secret.page.0)?;
        Ok(secret)
    }

    /// The page is locked before anything secret is in it.
    fn zeros() -> Self {
        let page = Box::new(Page([0; N]));
        let lock = region::lock(page.0.as_ptr(), N).ok();
        Self { _lock: lock, page }
    }

    /// Returns the bytes. Every call is a place to review.
    pub const fn expose(&self) -> &[u8; N] {
        &self.page.0
    }

    /// Says whether both hold the same bytes, in a time that does not depend on them.
    pub fn matches(&self, other: &Self) -> bool {
        self.expose().as_slice().ct_eq(other.expose()).into()
    }
}

impl<const N: usize> Drop for Secret<N> {
    fn drop(&mut self) {
        self.page.0.zeroize();
    }
}

impl<const N: usize> fmt::Debug for Secret<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[secret of {N} bytes]")
    }
}

/// The operating system gave no random bytes.
#[derive(Debug, thiserror::Error)]
#[error("could not get random bytes from the operating system")]
pub struct EntropyError {
    /// What the operating system said.
    #[source]
    source: getrandom::Error,
}

impl EntropyError {
    /// Returns what a caller can do about it.
    pub const fn kind(&self) -> Kind {
        Kind::Unavailable
    }
}

/// Fills `bytes` with random bytes from the operating system.
pub(crate) fn fill_random(bytes: &mut [u8]) -> Result<(), EntropyError> {
    getrandom::fill(bytes).map_err(|source| EntropyError { source })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn printing_a_secret_shows_nothing_of_it() {
        let secret = Secret::<4>::copy_from(b"abcd").unwrap();
        assert_eq!(format!("{secret:?}"), "[secret of 4 bytes]");
    }

    #[test]
    fn secrets_of_another_length_are_refused() {
        assert!(Secret::<4>::copy_from(b"abc").is_none());
        assert!(Secret::<4>::copy_from(b"abcde").is_none());
    }

    #[test]
    fn only_equal_secrets_match() {
        let one = DataKey::random().unwrap();
        let other = DataKey::random().unwrap();
        let copy = DataKey::copy_from(one.expose()).unwrap();
        assert!(one.matches(&copy));
        assert!(!one.matches(&other));
    }
}
