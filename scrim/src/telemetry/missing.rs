//! Instead of traces, where the program was built without them.

use tracing_subscriber::layer::Identity;

use super::{TelemetryError, TelemetrySettings};

/// There is none.
#[derive(Debug)]
pub(crate) enum Traces {}

impl Traces {
    /// Refuses an endpoint.
    ///
    /// # Errors
    /// [`TelemetryError::NotBuiltIn`].
    pub(crate) fn start(settings: &TelemetrySettings) -> Result<Option<Self>, TelemetryError> {
        match settings.endpoint {
            None => Ok(None),
            Some(_) => Err(TelemetryError::NotBuiltIn),
        }
    }

    /// Would return the layer of the subscriber.
    pub(crate) fn layer(&self) -> Identity {
        match *self {}
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_endpoint_is_refused_and_not_ignored() {
        let none = TelemetrySettings::default();
        assert!(Traces::start(&none).unwrap().is_none());
        let some = TelemetrySettings {
            endpoint: Some("http://localhost:4318".to_owned()),
        };
        assert!(matches!(
            Traces::start(&some),
            Err(TelemetryError::NotBuiltIn)
        ));
    }
}
