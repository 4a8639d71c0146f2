//! Where a process serves its profiles: from what people type to the base below which they lie.

use super::Secret;
use percent_encoding::percent_decode_str;
use std::fmt;
use std::path::Path;
use thiserror::Error;
use ureq::http::Uri;

/// Where Go's net/http/pprof serves.
const STANDARD_BASE: &str = "/debug/pprof";
/// The profiles that net/http/pprof knows: a path that ends in one is a full address.
const PROFILES: [&str; 11] = [
    "heap",
    "allocs",
    "goroutine",
    "goroutineleak",
    "threadcreate",
    "block",
    "mutex",
    "profile",
    "trace",
    "cmdline",
    "symbol",
];
/// What the addresses of profiles are asked for.
const PARAMETERS: [&str; 3] = ["debug", "gc", "seconds"];

/// The base of a process's profiles. It holds no secret; a login in the URL is kept beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    is_tls: bool,
    /// `host` or `host:port`.
    authority: String,
    /// The path, which ends in no slash.
    base: String,
}

/// Why a text is no address. It is not quoted beyond its host, since it may hold a secret.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum AddressError {
    /// No URL at all.
    #[error("this is no usable target; write it like localhost:6060 or https://HOST:PORT/debug/pprof")]
    NoUrl,
    /// Neither http nor https.
    #[error("only http and https targets can be scraped")]
    Scheme,
    /// Parameters that would be lost.
    #[error(
        "{host}: the parameter `{name}` would not be sent; what each request needs, such as a token, belongs into \
         `headers` of the configuration file"
    )]
    Parameter {
        /// Whose.
        host: String,
        /// Its name.
        name: String,
    },
}

/// A name and a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// The name.
    pub user: String,
    /// The password.
    pub password: Secret,
}

impl Address {
    /// Reads `HOST`, `HOST:PORT`, a URL of the service, of its `/debug/pprof`, or of one profile, with a login if it has
    /// one. `scheme` and `base` are what it gets where it says nothing else; the standard ones if `None`.
    ///
    /// # Errors
    /// If it is no such thing.
    pub fn parse(
        text: &str,
        scheme: Option<&str>,
        base: Option<&str>,
    ) -> Result<(Address, Option<Login>), AddressError> {
        let text = text.trim();
        let scheme = scheme.unwrap_or("http");
        let full = if text.contains("://") { text.to_owned() } else { format!("{scheme}://{text}") };
        let uri: Uri = full.parse().map_err(|_| AddressError::NoUrl)?;
        let is_tls = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(AddressError::Scheme),
        };
        let authority = uri.authority().ok_or(AddressError::NoUrl)?.as_str();
        let (login, host) = match authority.rsplit_once('@') {
            Some((login, host)) => (Some(login), host),
            None => (None, authority),
        };
        let port = host.rsplit(']').next().and_then(|rest| rest.split_once(':'));
        let has_bad_port = port.is_some_and(|(_, port)| port.parse::<u16>().is_err());
        if host.is_empty() || host.starts_with(':') || has_bad_port {
            return Err(AddressError::NoUrl);
        }
        let path = uri.path().trim_end_matches('/');
        let base = match path.rsplit_once('/') {
            None => base.unwrap_or(STANDARD_BASE).trim_end_matches('/'),
            Some((above, profile)) if PROFILES.contains(&profile) => above,
            Some(_) => path,
        };
        for parameter in uri.query().unwrap_or_default().split('&').filter(|p| !p.is_empty()) {
            let name = parameter.split('=').next().unwrap_or_default();
            if !PARAMETERS.contains(&name) {
                return Err(AddressError::Parameter { host: host.to_owned(), name: name.to_owned() });
            }
        }
        let base =
            if base.is_empty() || base.starts_with('/') { base.to_owned() } else { format!("/{base}") };
        let address = Address { is_tls, authority: host.to_ascii_lowercase(), base };
        Ok((address, login.map(login_of)))
    }

    /// `host:port`, or the host alone where the port is the scheme's.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The URL of something below the base.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{self}/{path}")
    }

    /// The URL of a path of the same server.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.origin())
    }

    /// Scheme, host and port.
    pub(crate) fn origin(&self) -> String {
        format!("{}://{}", self.scheme(), self.authority)
    }

    pub(crate) fn scheme(&self) -> &'static str {
        if self.is_tls { "https" } else { "http" }
    }

    /// Whether what is sent there can be read on the way: neither TLS nor this very machine.
    pub fn is_in_the_open(&self) -> bool {
        let host = match self.authority.strip_prefix('[') {
            Some(rest) => rest.split(']').next().unwrap_or_default(),
            None => self.authority.split(':').next().unwrap_or_default(),
        };
        let is_loopback = host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
        !self.is_tls && !is_loopback && host != "localhost" && !host.ends_with(".localhost")
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin(), self.base)
    }
}

fn login_of(text: &str) -> Login {
    let (user, password) = text.split_once(':').unwrap_or((text, ""));
    Login { user: decoded(user), password: Secret::Plain(decoded(password)) }
}

/// A part of a URL without its `%` escapes.
fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// A URL without user, password, query values and fragment, fit for reports and tickets.
pub fn without_secrets(url: &str) -> String {
    let is_of_schemes = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    let parts = url.split_once("://").filter(|(scheme, _)| scheme.chars().all(is_of_schemes));
    let Some((scheme, rest)) = parts else { return odd_without_secrets(url) };
    let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    if rest.contains('@') {
        // The end of a password with a slash in it, perhaps, which should have been escaped.
        return format!("{scheme}://...");
    }
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    format!("{scheme}://{host}{}", path_without_secrets(rest))
}

/// A path without the values of its query, fragment and parameters.
fn path_without_secrets(path: &str) -> String {
    let path = path.split('#').next().unwrap_or_default();
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    // Parameters of a path, as in `/heap;token=...`.
    let path = path.split(';').next().unwrap_or_default();
    let known = |pair: &&str| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        PARAMETERS.contains(&key) && value.len() <= 6 && value.bytes().all(|b| b.is_ascii_digit())
    };
    let query: Vec<&str> = query.split('&').filter(known).collect();
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    format!("{path}{query}")
}

/// What was typed in the place of a URL or a file: as it is, unless it looks like a URL that is spelled wrongly, or lacks its
/// scheme. A file that is there is none.
fn odd_without_secrets(text: &str) -> String {
    let starts = |start: &str| text.get(..start.len()).is_some_and(|s| s.eq_ignore_ascii_case(start));
    match text.split_once(':') {
        Some((scheme, _)) if starts("http:") || starts("https:") => return format!("{scheme}:..."),
        _ if Path::new(text).exists() => return text.to_owned(),
        _ => {}
    }
    // A password may have any sign in it, so that only the last `@` surely stands behind it.
    let shown = match text.rsplit_once('@') {
        Some((login, host))
            if login.contains([':', '?', ';', '#']) || login.contains("//") || has_port(host) =>
        {
            format!("...@{host}")
        }
        _ => text.to_owned(),
    };
    let parameters = shown.find(['?', ';', '#']).map_or("", |at| &shown[at..]);
    if parameters.contains('=') { path_without_secrets(&shown) } else { shown }
}

/// Whether a text starts with a host and its port.
fn has_port(text: &str) -> bool {
    let authority = text.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_read_as_people_write_them() {
        let base = |text: &str| Address::parse(text, None, None).map(|(address, _)| address.to_string());
        for text in [
            "shop:6060",
            "http://shop:6060",
            "http://shop:6060/",
            "http://SHOP:6060/debug/pprof/",
            "http://shop:6060/debug/pprof/heap?gc=1",
            "http://shop:6060/debug/pprof/goroutine?debug=2",
        ] {
            assert_eq!(base(text).as_deref(), Ok("http://shop:6060/debug/pprof"), "{text}");
        }
        assert_eq!(base("https://[::1]:6060/admin/pprof").as_deref(), Ok("https://[::1]:6060/admin/pprof"));
        assert_eq!(base("http://shop/heap").as_deref(), Ok("http://shop"));
        for text in ["", "http://", "shop:port", "shop:99999", ":6060", "a b", "http://[::1"] {
            assert_eq!(base(text), Err(AddressError::NoUrl), "{text}");
        }
        assert_eq!(base("ftp://shop"), Err(AddressError::Scheme));
        let with_path = Address::parse("shop", Some("https"), Some("/x/pprof/")).expect("an address").0;
        assert_eq!(with_path.url("heap"), "https://shop/x/pprof/heap");
    }

    #[test]
    fn secrets_are_kept_apart_and_out_of_errors() {
        let (address, login) = Address::parse("https://ann:s3%2fcret@shop:6060", None, None).expect("a URL");
        let login = login.expect("a login");
        assert_eq!(login.password.read().expect("plain"), "s3/cret");
        let shown = format!("{address} {address:?} {login:?}");
        assert!(!shown.contains("s3"), "{shown}");
        let error =
            Address::parse("http://shop/debug/pprof/heap?token=s3cret", None, None).expect_err("refused");
        assert!(error.to_string().contains("`token`") && !error.to_string().contains("s3cret"), "{error}");
    }

    #[test]
    fn what_can_be_read_on_the_way_is_known() {
        let open = |text: &str| Address::parse(text, None, None).expect("an address").0.is_in_the_open();
        assert!(open("shop:6060") && open("10.0.0.1"));
        assert!(!open("https://shop") && !open("127.0.0.1:1") && !open("[::1]:1") && !open("localhost:1"));
    }

    #[test]
    fn secrets_do_not_reach_reports() {
        assert_eq!(
            without_secrets("https://ann:s3cret@app:6060/debug/pprof/heap?gc=1&token=abc"),
            "https://app:6060/debug/pprof/heap?gc=1"
        );
        assert_eq!(without_secrets("http:/ann:s3cret@app/debug/pprof/heap"), "http:...");
        assert_eq!(without_secrets("https:ann:s3cret@app"), "https:...");
        assert_eq!(without_secrets("http://app/heap;token=s3cret?gc=1"), "http://app/heap?gc=1");
        assert_eq!(without_secrets("snapshots/heap:1.pb.gz"), "snapshots/heap:1.pb.gz");
        assert_eq!(without_secrets("http://[::1]:6060"), "http://[::1]:6060");
        assert_eq!(without_secrets("http://u:p@h?token=x"), "http://h");
        assert_eq!(without_secrets("http://ann:s3/cr?et@h/x?token=y"), "http://...");
        assert_eq!(without_secrets("http://h/x#token=y"), "http://h/x");
        assert_eq!(without_secrets("http://h/x?debug=1&debug=s3cret"), "http://h/x?debug=1");
    }

    #[test]
    fn secrets_of_addresses_without_a_scheme_do_not_reach_errors() {
        for (typed, shown) in [
            ("usr:pw@host:6060", "...@host:6060"),
            ("usr:pw@host:6060/heap?token=s3cret&gc=1", "...@host:6060/heap?gc=1"),
            ("usr:p@w/x?y@host:6060/heap", "...@host:6060/heap"),
            ("s3cret@host:6060/heap", "...@host:6060/heap"),
            ("http//usr:pw@host", "...@host"),
            ("//usr:pw@host", "...@host"),
            ("//s3cret@host/heap", "...@host/heap"),
            ("usr:pw@host://x", "...@host://x"),
            ("h:6060/heap?token=s3cret", "h:6060/heap"),
            ("h/heap;token=s3cret", "h/heap"),
            ("h:6060#token=s3cret", "h:6060"),
        ] {
            assert_eq!(without_secrets(typed), shown);
        }
        for file in
            ["heap-?.pb.gz", "svc@v2/heap.pb.gz", "snapshots/heap:1.pb.gz", "C:\\heap;1.pb", "a=b/heap.pb.gz"]
        {
            assert_eq!(without_secrets(file), file);
        }
        // A file that is there, whatever its name.
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("shop:1@2.pb.gz");
        std::fs::write(&file, "").expect("can be written");
        let file = file.to_str().expect("UTF-8");
        assert_eq!(without_secrets(file), file);
    }
}
