//! Report files: one for a target with a new or worsened suspect, by time.

use super::sighting::Target;
use super::whole::write_whole;
use jiff::Timestamp;
use std::io::Result;
use std::path::{Path, PathBuf};

/// The longest part of a path that is made from a name, in bytes; file systems take 255.
const LONGEST_PART: usize = 100;

/// Writes a report into `FOLDER/JOB/INSTANCE/2026-11-24T010203Z.md` and gives its path.
pub(super) fn write_report(folder: &Path, target: &Target, now: Timestamp, report: &str) -> Result<PathBuf> {
    let time = now.strftime("%Y-%m-%dT%H%M%SZ").to_string();
    let path = folder.join(part(&target.job)).join(part(&target.instance)).join(format!("{time}.md"));
    write_whole(&path, report.as_bytes())?;
    Ok(path)
}

/// A name as one part of a path, which leads nowhere else. Two names that differ keep different parts: what is
/// replaced is written by its number, as in a URL.
fn part(name: &str) -> String {
    let mut part = String::new();
    for (at, byte) in name.bytes().enumerate() {
        let plain = byte.is_ascii_alphanumeric() || b"-_".contains(&byte) || (byte == b'.' && at > 0);
        if plain {
            part.push(char::from(byte));
        } else {
            part.push_str(&format!("%{byte:02X}"));
        }
        if part.len() >= LONGEST_PART {
            break;
        }
    }
    if part.is_empty() { "%".to_owned() } else { part }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_nowhere_else() {
        assert_eq!(part("shop-1.eu:6060"), "shop-1.eu%3A6060");
        assert_eq!(part("../../etc"), "%2E.%2F..%2Fetc");
        assert_eq!([part(".."), part(""), part(".")], ["%2E.", "%", "%2E"]);
        assert!(part(&"/".repeat(10_000)).len() <= LONGEST_PART + 2);
    }
}
