//! What a text on the command line names, and what is asked of a live service that it names.

use super::Address;
use regex::Regex;
use std::path::Path;
use std::sync::LazyLock;

/// What a text names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// `-`
    StandardInput,
    /// A process that serves profiles: HOST:PORT, or the URL of its root or of its `/debug/pprof`.
    Service,
    /// The URL of one profile, or of anything else.
    Url,
    /// A file or folder, which need not be there.
    Path,
}

/// What a text names. A file that is there wins over a host of that name.
pub fn named(text: &str) -> Named {
    if text == "-" {
        return Named::StandardInput;
    }
    if let Some((scheme, rest)) = text.split_once("://") {
        let is_http = ["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
        let path = rest.split_once('/').map_or("", |(_, path)| path);
        let is_root =
            !rest.contains(['?', '#']) && matches!(path.trim_end_matches('/'), "" | "debug" | "debug/pprof");
        let ends_so = path.trim_end_matches('/').ends_with("/pprof");
        return if is_http && (is_root || ends_so) && Address::parse(text, None, None).is_ok() {
            Named::Service
        } else {
            Named::Url
        };
    }
    match is_host_and_port(text) && !Path::new(text).exists() && Address::parse(text, None, None).is_ok() {
        false => Named::Path,
        true if is_one_profile(text) => Named::Url,
        true => Named::Service,
    }
}

/// Whether a text without a scheme looks like `localhost`, `HOST:PORT` or either with a path.
fn is_host_and_port(text: &str) -> bool {
    static FORM: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"^(localhost|([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5})(/.*)?$").ok()
    });
    FORM.as_ref().is_some_and(|form| form.is_match(text))
}

/// Whether the path of a text without a scheme is that of one profile.
fn is_one_profile(text: &str) -> bool {
    let path = text.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    !matches!(path.split_once('/').map_or("", |(_, path)| path), "" | "debug") && !path.ends_with("/pprof")
}

/// The text of a [`Named::Url`] or [`Named::Service`] as a URL.
pub(super) fn url(text: &str) -> String {
    if text.contains("://") { text.to_owned() } else { format!("http://{text}") }
}

/// The URL below which a [`Named::Service`] serves its profiles, with the login that the text has.
pub(super) fn base(text: &str) -> String {
    let url = url(text);
    let url = url.trim_end_matches('/');
    match url {
        url if url.ends_with("/pprof") => url.to_owned(),
        url if url.ends_with("/debug") => format!("{url}/pprof"),
        url => format!("{url}/debug/pprof"),
    }
}

/// What is asked of a live service, below its base.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Heap,
    Goroutines,
}

impl Asked {
    pub(super) const ALL: [Asked; 2] = [Asked::Heap, Asked::Goroutines];

    /// The path; goroutines are listed one by one, which stops the process meanwhile, only where there are few.
    pub(super) fn path(self, goroutines: Option<u64>) -> &'static str {
        match self {
            Asked::Heap => "heap?gc=1",
            Asked::Goroutines if goroutines.is_some_and(|count| count < FEW_GOROUTINES) => {
                "goroutine?debug=2"
            }
            Asked::Goroutines => "goroutine",
        }
    }
}

/// From so many goroutines on, none are listed one by one.
pub const FEW_GOROUTINES: u64 = 10_000;

/// The number of goroutines on the index page of `net/http/pprof`.
pub(crate) fn goroutines_on(page: &[u8]) -> Option<u64> {
    static ROW: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r#"<td>\s*(\d{1,12})\s*</td>\s*<td>\s*<a href=['"]?goroutine\?"#).ok());
    ROW.as_ref()?.captures(&String::from_utf8_lossy(page))?.get(1)?.as_str().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_is_understood() {
        for text in [
            "localhost:6060",
            "localhost",
            "shop-1.eu:6060/debug/pprof/",
            "[::1]:6060",
            "http://shop",
            "http://shop:6060/",
            "https://ann:pw@shop/debug/pprof",
            "https://gateway/shop/debug/pprof/",
        ] {
            assert_eq!(named(text), Named::Service, "{text}");
            assert!(base(text).ends_with("/debug/pprof"), "{}", base(text));
        }
        for text in [
            "http://shop/debug/pprof/heap?gc=1",
            "localhost:6060/debug/pprof/heap",
            "ftp://shop",
            "http://x/a.pb.gz",
        ] {
            assert_eq!(named(text), Named::Url, "{text}");
        }
        for text in [
            "heap.pb.gz",
            "snapshots/",
            "shop",
            "./localhost:1",
            "shop:port",
            "shop:99999",
            "src",
            "a b:1",
            "C:\\x",
        ] {
            assert_eq!(named(text), Named::Path, "{text}");
        }
        assert_eq!(named("-"), Named::StandardInput);
        assert_eq!(base("ann:1"), "http://ann:1/debug/pprof");
    }

    #[test]
    fn the_index_of_net_http_pprof_tells_how_many_goroutines_there_are() {
        let page = "<tr><td>7</td><td><a href='allocs?debug=1'>allocs</a></td></tr>\n\
                    <tr><td>12345</td><td><a href='goroutine?debug=1'>goroutine</a></td></tr>\n\
                    <tr><td>0</td><td><a href='goroutineleak?debug=1'>goroutineleak</a></td></tr>";
        assert_eq!(goroutines_on(page.as_bytes()), Some(12345));
        assert_eq!(goroutines_on(b"<html>login</html>"), None);
        assert_eq!(Asked::Goroutines.path(Some(5)), "goroutine?debug=2");
        assert_eq!(Asked::Goroutines.path(Some(12345)), "goroutine");
        assert_eq!(Asked::Goroutines.path(None), "goroutine");
    }
}
