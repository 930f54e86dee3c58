//! The signed account of what somebody was told about recording, and said to it, for that person to
//! keep.
//!
//! Its fields are those of ISO/IEC TS 27560:2023, as the guide of the Data Privacy Vocabularies and
//! Controls Community Group names them (<https://w3id.org/dpv/guides/consent-27560>). An event of
//! that specification is about all purposes of its record, so there is one record for each purpose.
//! The envelope is that of a
//! [proof](crate::proof).
//!
//! > **A receipt names nobody.** Who it is about is a number that means nothing outside of the
//! > room. Nor does it hold the personal link: whoever is shown a receipt can take nothing back.

mod document;

pub use document::{
    Event, Party, PersonalData, PrivacyNotice, Processing, Receipt, Record, StorageLocation,
};

use crate::{
    keyring::Keyring,
    proof::{Envelope, ProofError, Signer},
    signing::PublicKey,
};

/// The schema of [`Receipt`] that this program writes and reads.
const SCHEMA: u32 = 1;

/// What tells a receipt from other statements of the same key.
const STATEMENT: &str = "scrim/consent-receipt/v1";

impl Keyring {
    /// Signs a receipt. `schema`, `statement` and `public_key` are set here.
    pub fn sign_receipt(&self, receipt: &Receipt) -> Envelope {
        let receipt = Receipt {
            schema: SCHEMA,
            statement: STATEMENT.to_owned(),
            public_key: Some(self.public_key()),
            ..receipt.clone()
        };
        let payload = serde_json::to_string(&receipt)
            .expect("a receipt holds only texts, numbers and lists of them");
        self.sign_payload(payload)
    }
}

impl Envelope {
    /// Checks the signature of a receipt, and with a `trusted` key also whose it is. Of every
    /// notice in it, the text is compared with its hash.
    ///
    /// # Errors
    /// Any but [`ProofError::Read`].
    pub fn verify_receipt(
        &self,
        trusted: Option<&PublicKey>,
    ) -> Result<(Receipt, Signer), ProofError> {
        let (receipt, signer): (Receipt, Signer) = self.verify_as(SCHEMA..=SCHEMA, trusted)?;
        if receipt.statement != STATEMENT {
            return Err(ProofError::Malformed {
                what: "the statement",
            });
        }
        let mut notices = receipt
            .records
            .iter()
            .map(|record| &record.pii_processing.privacy_notice);
        if !notices.all(PrivacyNotice::is_what_was_hashed) {
            return Err(ProofError::Malformed { what: "a notice" });
        }
        Ok((receipt, signer))
    }
}
