//! Why a profile was not stored, worded for the person on call, and without anything secret.

use super::SecretError;
use crate::store::{StoreError, has_no_descriptors};
use std::io::ErrorKind;
use thiserror::Error;
use ureq::Error as HttpError;

/// What went wrong with one request.
#[derive(Debug, Error)]
pub enum Failure {
    /// The server has no such profile.
    #[error("404: it serves no such profile")]
    NotServed,
    /// The server wants to know who asks.
    #[error("the server answers {0}; check the credentials")]
    Unauthorized(u16),
    /// Any other answer than the profile.
    #[error("the server answers {0}; look at its log")]
    Status(u16),
    /// It says no, and why.
    #[error("the server answers {status}: {says}")]
    Refused {
        /// The status.
        status: u16,
        /// Its own words, shortened.
        says: String,
    },
    /// An answer of another kind than was asked for.
    #[error("{0}; is this the address of such a server, with its path?")]
    Strange(String),
    /// It sends the asker elsewhere.
    #[error("it redirects to {0}, which is not followed; give the final address")]
    Redirect(String),
    /// More bytes than allowed.
    #[error("the answer is larger than {0} bytes; raise max_bytes if it really is")]
    TooLarge(u64),
    /// It took too long.
    #[error("no whole answer in time ({0}); is it overloaded? Raise the timeouts if it needs longer")]
    Timeout(&'static str),
    /// Nobody there.
    #[error("no connection ({0}); is it running, and is the port right?")]
    NoConnection(String),
    /// The name of the host is unknown.
    #[error("the host name is not known")]
    UnknownHost,
    /// TLS failed.
    #[error("TLS failed ({0}); is its certificate signed by a trusted authority? Give ca_file otherwise")]
    Tls(String),
    /// It began and broke off, or was no HTTP.
    #[error("the answer broke off or is no HTTP ({0})")]
    Broken(String),
    /// What came is no profile.
    #[error("what it answers is no such profile and was set aside: {0}")]
    NoProfile(String),
    /// A password or token could not be read.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// A header, a certificate or an address of the configuration is unusable.
    #[error("{0}")]
    Configuration(String),
    /// The store did not take it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no thread or descriptor left to ask it with.
    #[error(
        "it could not be asked ({0}); raise the limits of this process (ulimit -n), or ask fewer at once with --concurrency"
    )]
    Exhausted(String),
    /// The program is being stopped.
    #[error("stopped before it was whole")]
    Stopped,
}

impl Failure {
    /// Whether asking again in a moment may help. What took its time once is not asked twice in a round.
    pub(super) fn may_pass(&self) -> bool {
        match self {
            Failure::Status(status) | Failure::Refused { status, .. } => {
                matches!(status, 429 | 500 | 502 | 503 | 504)
            }
            Failure::NoConnection(_) | Failure::Broken(_) => true,
            _ => false,
        }
    }

    /// Whether the other profiles of this target need not be tried in this round.
    pub(super) fn concerns_target(&self) -> bool {
        matches!(
            self,
            Failure::Unauthorized(_)
                | Failure::Redirect(_)
                | Failure::Timeout(_)
                | Failure::NoConnection(_)
                | Failure::UnknownHost
                | Failure::Tls(_)
                | Failure::Secret(_)
                | Failure::Configuration(_)
                | Failure::Stopped
        ) || self.concerns_all()
    }

    /// Whether no other target can be stored either.
    pub fn concerns_all(&self) -> bool {
        matches!(self, Failure::Store(error) if error.concerns_all())
    }
}

/// What the client says, without what could quote an address.
pub(super) fn failed(error: &HttpError) -> Failure {
    match error {
        HttpError::Timeout(which) => Failure::Timeout(match which {
            ureq::Timeout::Connect | ureq::Timeout::Resolve => "it took too long to connect",
            ureq::Timeout::RecvResponse => "the first byte did not come",
            _ => "it went on too long",
        }),
        HttpError::HostNotFound => Failure::UnknownHost,
        HttpError::ConnectionFailed => Failure::NoConnection("refused".to_owned()),
        HttpError::Tls(why) => Failure::Tls((*why).to_owned()),
        HttpError::Rustls(why) => Failure::Tls(why.to_string()),
        // The system's resolver has no kind of error of its own.
        HttpError::Io(error) if error.to_string().contains("lookup address") => Failure::UnknownHost,
        HttpError::Io(error) => io_failed(error),
        HttpError::Protocol(_) => Failure::Broken("it is not HTTP, or https where http is wanted".to_owned()),
        HttpError::BadUri(_) | HttpError::Http(_) => {
            Failure::Configuration("the address is not usable".to_owned())
        }
        other => Failure::Broken(other.to_string()),
    }
}

pub(super) fn io_failed(error: &std::io::Error) -> Failure {
    if let Some(inner) = error.get_ref().and_then(|inner| inner.downcast_ref::<HttpError>()) {
        return failed(inner);
    }
    let text = error.to_string();
    let text = text.split(" (os error ").next().unwrap_or_default().to_owned();
    match error.kind() {
        _ if has_no_descriptors(error) => Failure::Exhausted(text),
        ErrorKind::TimedOut | ErrorKind::WouldBlock => Failure::Timeout("it went on too long"),
        ErrorKind::ConnectionRefused | ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => {
            Failure::NoConnection(text)
        }
        // So the client passes on what TLS says of a certificate; answers that are no HTTP have an error of their own.
        ErrorKind::InvalidData => Failure::Tls(text),
        _ => Failure::Broken(text),
    }
}
