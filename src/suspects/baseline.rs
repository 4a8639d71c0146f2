//! Baselines: suspects that somebody looked at and accepted, for a reason and until a day.

use jiff::civil::Date;
use serde::Deserialize;
use std::collections::BTreeMap;
use thiserror::Error;
use toml::Spanned;

/// Accepted suspects, as a TOML file has them: `[[accepted]]` with `fingerprint`, `reason`, `owner` and `expires`.
#[derive(Clone, Debug, Default)]
pub struct Baseline {
    /// The entries, in the order of the file.
    pub accepted: Vec<Accepted>,
}

/// One accepted suspect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The suspect's stable id, 16 hexadecimal digits.
    pub fingerprint: String,
    /// Why it is accepted.
    pub reason: String,
    /// Who answers for that.
    pub owner: String,
    /// The last day on which it is accepted, as in `2027-01-31`; for ever without.
    pub expires: Option<Date>,
}

/// What is wrong with a baseline, with the line, from 1.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BaselineError {
    /// It is no TOML, or not of this form.
    #[error("line {line}: it is no baseline: {problem}")]
    Malformed {
        /// Where.
        line: usize,
        /// What TOML says.
        problem: String,
    },
    /// A fingerprint that no report has.
    #[error("line {line}: `{found}` is no fingerprint; copy the 16 digits behind `id` in a report")]
    NoFingerprint {
        /// Where.
        line: usize,
        /// What stands there.
        found: String,
    },
    /// An entry that does not say why, or who.
    #[error("line {line}: `{key}` is empty; whoever reads the file later needs it")]
    Empty {
        /// Where.
        line: usize,
        /// The key.
        key: &'static str,
    },
    /// A last day that is none.
    #[error("line {line}: `{found}` is not a day; write it like 2027-01-31")]
    NoDay {
        /// Where.
        line: usize,
        /// What stands there.
        found: String,
    },
    /// One suspect twice.
    #[error("line {line}: {fingerprint} is accepted in line {first} already; keep one of the entries")]
    Twice {
        /// Where.
        line: usize,
        /// Where before.
        first: usize,
        /// Which.
        fingerprint: String,
    },
}

/// The file. Unknown keys are refused: a mistyped `expires` must not accept for ever.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    accepted: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    fingerprint: Spanned<String>,
    reason: Spanned<String>,
    owner: Spanned<String>,
    expires: Option<Spanned<toml::Value>>,
}

impl Baseline {
    /// Reads a baseline.
    ///
    /// # Errors
    /// If it is not of the form above; the message says at which line.
    pub fn parse(text: &str) -> Result<Baseline, BaselineError> {
        let file: File = toml::from_str(text).map_err(|error| BaselineError::Malformed {
            line: line_at(text, error.span().map_or(0, |span| span.start)),
            problem: error.message().trim().replace('\n', ", "),
        })?;
        let mut lines: BTreeMap<String, usize> = BTreeMap::new();
        let mut accepted = Vec::with_capacity(file.accepted.len());
        for entry in file.accepted {
            let line = line_at(text, entry.fingerprint.span().start);
            let entry = entry.checked(text)?;
            if let Some(first) = lines.insert(entry.fingerprint.clone(), line) {
                return Err(BaselineError::Twice { line, first, fingerprint: entry.fingerprint });
            }
            accepted.push(entry);
        }
        Ok(Baseline { accepted })
    }
}

impl Entry {
    /// Checks what TOML itself does not.
    fn checked(self, text: &str) -> Result<Accepted, BaselineError> {
        let id = self.fingerprint.get_ref();
        let is_hex = id.len() == 16 && id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if !is_hex {
            let line = line_at(text, self.fingerprint.span().start);
            return Err(BaselineError::NoFingerprint { line, found: id.clone() });
        }
        for (key, value) in [("reason", &self.reason), ("owner", &self.owner)] {
            if value.get_ref().trim().is_empty() {
                return Err(BaselineError::Empty { line: line_at(text, value.span().start), key });
            }
        }
        let expires = self.expires.map(|expires| day(&expires, text)).transpose()?;
        Ok(Accepted {
            fingerprint: self.fingerprint.into_inner(),
            reason: self.reason.into_inner(),
            owner: self.owner.into_inner(),
            expires,
        })
    }
}

/// A day, as a date of TOML or as text.
fn day(value: &Spanned<toml::Value>, text: &str) -> Result<Date, BaselineError> {
    let found = match value.get_ref() {
        toml::Value::Datetime(date) => date.to_string(),
        toml::Value::String(date) => date.clone(),
        _ => text.get(value.span()).unwrap_or_default().to_owned(),
    };
    // `Date` would also take the day out of a longer time.
    let date = found.parse::<Date>().ok().filter(|date| date.to_string() == found);
    date.ok_or_else(|| BaselineError::NoDay { line: line_at(text, value.span().start), found })
}

/// The line of a byte, from 1.
fn line_at(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

impl Accepted {
    /// Whether it no longer accepts on a day.
    pub fn is_expired(&self, today: Date) -> bool {
        self.expires.is_some_and(|expires| today > expires)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "# known ones\n\n[[accepted]]\nfingerprint = \"0123456789abcdef\"\nreason = \"a cache\"\n\
                        owner = \"team-web\"\nexpires = 2026-12-31\n";

    #[test]
    fn days_are_read_in_both_forms_and_the_last_one_still_accepts() {
        for text in [GOOD.to_owned(), GOOD.replace("2026-12-31", "\"2026-12-31\"")] {
            let baseline = Baseline::parse(&text).expect("well-formed");
            let [entry] = baseline.accepted.as_slice() else { panic!("one entry") };
            assert_eq!((entry.reason.as_str(), entry.owner.as_str()), ("a cache", "team-web"));
            assert!(!entry.is_expired("2026-12-31".parse().expect("a day")));
            assert!(entry.is_expired("2027-01-01".parse().expect("a day")));
        }
        let for_ever = Baseline::parse(&GOOD.replace("expires = 2026-12-31\n", "")).expect("well-formed");
        assert_eq!(for_ever.accepted[0].expires, None);
        assert!(Baseline::parse("").expect("an empty file accepts nothing").accepted.is_empty());
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        for (from, to, line, problem) in [
            ("0123456789abcdef", "0123", 4, "`0123` is no fingerprint"),
            ("0123456789abcdef", "0123456789ABCDEF", 4, "no fingerprint"),
            ("\"0123456789abcdef\"", "7", 4, "expected a string"),
            ("\"a cache\"", "\" \"", 5, "`reason` is empty"),
            ("owner = \"team-web\"\n", "", 3, "owner"),
            ("expires", "until", 7, "unknown field `until`"),
            ("2026-12-31", "\"tomorrow\"", 7, "`tomorrow` is not a day"),
            ("2026-12-31", "\"2026-02-30\"", 7, "not a day"),
            ("2026-12-31", "2026-12-31T10:00:00Z", 7, "not a day"),
            ("2026-12-31", "true", 7, "`true` is not a day"),
            ("[[accepted]]", "[[acepted]]", 3, "unknown field `acepted`"),
            ("[[accepted]]", "[[accepted]", 3, "no baseline"),
        ] {
            let error = Baseline::parse(&GOOD.replacen(from, to, 1)).expect_err(to).to_string();
            assert!(error.starts_with(&format!("line {line}: ")), "{to}: {error}");
            assert!(error.contains(problem) && !error.contains('\n'), "{to}: {error}");
        }
        let twice = format!("{GOOD}{}", GOOD.trim_start_matches("# known ones\n\n"));
        let error = Baseline::parse(&twice).expect_err("twice").to_string();
        assert!(error.starts_with("line 9: 0123456789abcdef is accepted in line 4 already"), "{error}");
    }
}
