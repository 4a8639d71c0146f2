//! Baselines: suspects that somebody looked at and accepted, for a reason and until a day.

use jiff::civil::Date;
use serde::Deserialize;
use thiserror::Error;

/// Accepted suspects, as a TOML file has them: `[[accepted]]` with `fingerprint`, `reason`, `owner` and `expires`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// The entries, in the order of the file.
    #[serde(default)]
    pub accepted: Vec<Accepted>,
}

/// One accepted suspect.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// The suspect's stable id, 16 hexadecimal digits.
    pub fingerprint: String,
    /// Why it is accepted.
    pub reason: String,
    /// Who answers for that.
    pub owner: String,
    /// The last day on which it is accepted, as in `"2027-01-31"`; for ever without.
    #[serde(default, deserialize_with = "day")]
    pub expires: Option<Date>,
}

/// What is wrong with a baseline.
#[derive(Debug, Error)]
pub enum BaselineError {
    /// It is no TOML, or not of this form.
    #[error("it is no baseline: {0}")]
    Malformed(String),
    /// A fingerprint that no report has.
    #[error("`{0}` is no fingerprint; copy the 16 digits behind `id` in a report")]
    NoFingerprint(String),
    /// One suspect twice.
    #[error("{0} is accepted twice; keep one of the entries")]
    Twice(String),
}

fn day<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let wrong = |_| serde::de::Error::custom(format!("`{text}` is not a day; write it like \"2027-01-31\""));
    text.parse().map(Some).map_err(wrong)
}

impl Baseline {
    /// Reads a baseline.
    ///
    /// # Errors
    /// If it is not of the form above; the message says at which line.
    pub fn parse(text: &str) -> Result<Baseline, BaselineError> {
        let baseline: Baseline = toml::from_str(text).map_err(|error| {
            let line = error.span().map(|span| text[..span.start.min(text.len())].lines().count().max(1));
            let at = line.map_or(String::new(), |line| format!("line {line}: "));
            BaselineError::Malformed(format!("{at}{}", error.message().trim()))
        })?;
        for (index, entry) in baseline.accepted.iter().enumerate() {
            let id = &entry.fingerprint;
            let is_hex =
                id.len() == 16 && id.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
            if !is_hex {
                return Err(BaselineError::NoFingerprint(id.clone()));
            }
            if baseline.accepted[..index].iter().any(|earlier| earlier.fingerprint == *id) {
                return Err(BaselineError::Twice(id.clone()));
            }
        }
        Ok(baseline)
    }
}

impl Accepted {
    /// Whether it no longer accepts on a day.
    pub fn is_expired(&self, today: Date) -> bool {
        self.expires.is_some_and(|expires| today > expires)
    }

    /// The entry as TOML, to be added to a file.
    pub fn to_toml(&self) -> String {
        // Rust's escapes are not TOML's, JSON's are.
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let expires = self.expires.map_or(String::new(), |day| format!("expires = \"{day}\"\n"));
        format!(
            "[[accepted]]\nfingerprint = {}\nreason = {}\nowner = {}\n{expires}",
            quoted(&self.fingerprint),
            quoted(&self.reason),
            quoted(&self.owner)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let entry = Accepted {
            fingerprint: "5637013b6ce43951".to_owned(),
            reason: "the \"index\" is\nfilled once \u{7}".to_owned(),
            owner: "ann".to_owned(),
            expires: Some("2027-01-31".parse().expect("a day")),
        };
        let baseline = Baseline::parse(&entry.to_toml()).expect("it is well-formed");
        assert_eq!(baseline.accepted, std::slice::from_ref(&entry));
        assert!(!entry.is_expired("2027-01-31".parse().expect("a day")));
        assert!(entry.is_expired("2027-02-01".parse().expect("a day")));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        let entry = |more: &str| {
            format!("[[accepted]]\nfingerprint = \"5637013b6ce43951\"\nreason = \"r\"\nowner = \"o\"\n{more}")
        };
        assert!(Baseline::parse("").is_ok());
        for (text, want) in [
            (entry("expires = \"tomorrow\"\n"), "tomorrow"),
            (entry("until = 1\n"), "until"),
            ("[[accepted]]\nfingerprint = 7\n".to_owned(), "line 2"),
            (entry("") + &entry(""), "twice"),
            (entry("").replace("5637", "x"), "no fingerprint"),
            ("accepted = [".to_owned(), "line 1"),
        ] {
            let error = Baseline::parse(&text).expect_err(&text).to_string();
            assert!(error.contains(want), "{error}");
        }
    }
}
