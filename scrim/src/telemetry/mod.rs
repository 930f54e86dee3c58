//! Traces for OpenTelemetry, where the program was built with the feature `otel`.
//!
//! Without the feature the settings are the same, and an endpoint is refused instead of ignored.
//!
//! > **Only spans of Scrim are exported**, and what they say follows the rules for logs: ids, never
//! > names. Spans of libraries stay here; they know addresses, statements and keys of objects.

#[cfg(feature = "otel")]
mod export;
#[cfg(not(feature = "otel"))]
mod missing;
#[cfg(all(test, feature = "otel"))]
mod tests;

use schemars::JsonSchema;
use scrim_policy::Kind;
use serde::Deserialize;

#[cfg(feature = "otel")]
pub(crate) use export::Traces;
#[cfg(not(feature = "otel"))]
pub(crate) use missing::Traces;

/// `[telemetry]`: where traces go.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct TelemetrySettings {
    /// Takes traces as OTLP over HTTP, such as `http://localhost:4318`: https, or http on this machine.
    /// Without it nothing is exported.
    #[schemars(example = &"http://localhost:4318")]
    pub(crate) endpoint: Option<String>,
}

/// Traces cannot be exported as the settings say.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum TelemetryError {
    /// The program has no code for it.
    #[cfg(not(feature = "otel"))]
    #[error("[telemetry] has an endpoint, but this program was built without the feature otel")]
    NotBuiltIn,

    /// The endpoint is none.
    #[cfg(feature = "otel")]
    #[error("[telemetry] endpoint is not usable: expected https://, or http:// on this machine")]
    BadEndpoint,
}

impl TelemetryError {
    /// Returns what a caller can do about it.
    pub(crate) const fn kind(&self) -> Kind {
        Kind::Invalid
    }
}
