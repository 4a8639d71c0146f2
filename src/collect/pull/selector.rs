//! Which series are wanted: label matchers in braces, as Pyroscope, Parca and Prometheus write them.

use std::fmt;
use thiserror::Error;

/// Matchers, without the braces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selector(String);

/// Why something is no selector.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum SelectorError {
    /// Not in braces.
    #[error(
        "write label matchers in braces, as in '{{service_name=\"shop\"}}'; heap and goroutine profiles are chosen without being named"
    )]
    NoBraces,
    /// Characters that no label has.
    #[error("the matchers hold control characters")]
    Control,
}

impl Selector {
    /// Reads `{NAME="VALUE", ...}`. What stands in the braces is the server's to judge.
    ///
    /// # Errors
    /// If it does not look like that.
    pub fn parse(text: &str) -> Result<Selector, SelectorError> {
        let inner = text.trim().strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        let inner = inner.ok_or(SelectorError::NoBraces)?;
        match inner.contains(char::is_control) {
            true => Err(SelectorError::Control),
            false => Ok(Selector(inner.trim().trim_end_matches(',').to_owned())),
        }
    }

    /// Those of its series whose label has this value.
    pub(super) fn with(&self, label: &str, value: &str) -> Selector {
        let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        let comma = if self.0.is_empty() { "" } else { "," };
        Selector(format!("{}{comma}{label}=\"{value}\"", self.0))
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{}}}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matchers_are_added_and_their_values_escaped() {
        let some = Selector::parse(" { service_name=\"shop\", } ").expect("matchers");
        assert_eq!(some.to_string(), "{service_name=\"shop\"}");
        assert_eq!(some.with("pod", "a\"b\\").to_string(), r#"{service_name="shop",pod="a\"b\\"}"#);
        assert_eq!(Selector::parse("{}").expect("all").with("pod", "a").to_string(), "{pod=\"a\"}");
        assert_eq!(Selector::parse("memory{}"), Err(SelectorError::NoBraces));
        assert_eq!(Selector::parse("{a=\"\u{1b}\"}"), Err(SelectorError::Control));
    }
}
