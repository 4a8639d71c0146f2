//! What a browser sees of `watch`: the overview of all processes, and the reports that were written of them.

use super::sighting::Target;
use crate::report::{Document, Overview, OverviewRow, address_of, overview_html};
use percent_encoding::percent_decode_str;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The folder of reports as addresses have it.
const REPORTS: &str = "/reports/";
/// No report is larger.
const LARGEST: u64 = 64 << 20;

/// The pages, shared by the rounds that fill them and the server that shows them.
#[derive(Debug)]
pub struct Pages {
    /// The folder of the report files.
    reports: PathBuf,
    rows: Mutex<BTreeMap<String, OverviewRow>>,
}

impl Pages {
    /// No row yet; report files are in `reports`.
    pub fn new(reports: &Path) -> Pages {
        Pages { reports: reports.to_owned(), rows: Mutex::default() }
    }

    /// Takes in the judgement of a process; `report` is its last report file, if it has one.
    pub fn judged(&self, target: &Target, document: &Document, report: Option<&str>) {
        let mut row = OverviewRow::of(document, &target.job, &target.instance);
        // The one for the browser, as the overview is.
        row.report = report.and_then(|path| address(&self.reports, &Path::new(path).with_extension("html")));
        self.rows().insert(target.key(), row);
    }

    /// Forgets all processes but these.
    pub fn retain(&self, targets: &[Target]) {
        let known: BTreeSet<String> = targets.iter().map(Target::key).collect();
        self.rows().retain(|key, _| known.contains(key));
    }

    /// The overview as a page.
    pub(super) fn overview(&self) -> Option<String> {
        let rows = self.rows().values().cloned().collect();
        overview_html(&Overview::new(rows, Vec::new())).ok()
    }

    /// A report file by the path of its address, if there is one: nothing else is ever read.
    pub(super) fn report(&self, path: &str) -> Option<Vec<u8>> {
        let decoded = |part| percent_decode_str(part).decode_utf8().ok();
        let names: Vec<Cow<'_, str>> =
            path.strip_prefix(REPORTS)?.split('/').map(decoded).collect::<Option<_>>()?;
        let is_one_name = |name: &Cow<'_, str>| {
            let mut parts = Path::new(name.as_ref()).components();
            matches!((parts.next(), parts.next()), (Some(Component::Normal(_)), None))
                && !name.starts_with('.')
        };
        if names.len() != 3 || !names.iter().all(is_one_name) || !names[2].ends_with(".html") {
            return None;
        }
        let file = self.reports.join(names.iter().map(Cow::as_ref).collect::<PathBuf>());
        let mut bytes = Vec::new();
        let is_file = file.symlink_metadata().is_ok_and(|metadata| metadata.is_file());
        let file = std::fs::File::open(file).ok().filter(|_| is_file)?;
        file.take(LARGEST).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    fn rows(&self) -> MutexGuard<'_, BTreeMap<String, OverviewRow>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The path of the address of a report file.
pub(super) fn address(reports: &Path, file: &Path) -> Option<String> {
    let parts = file.strip_prefix(reports).ok()?.iter().map(|part| Some(address_of(part.to_str()?)));
    Some(format!("{REPORTS}{}", parts.collect::<Option<Vec<_>>>()?.join("/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_report_files_are_read_whatever_is_asked_for() {
        let folder = tempfile::tempdir().expect("a folder");
        let reports = folder.path().join("reports");
        let file = reports.join("shop").join("a%2fb:6060").join("2026-11-24T010203Z.html");
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("made");
        std::fs::write(&file, "page").expect("written");
        std::fs::write(folder.path().join("secret.html"), "secret").expect("written");
        let pages = Pages::new(&reports);
        let path = address(&reports, &file).expect("inside");
        assert_eq!(path, "/reports/shop/a%252fb:6060/2026-11-24T010203Z.html");
        assert_eq!(pages.report(&path).as_deref(), Some(&b"page"[..]));
        for path in [
            "/reports/../secret.html",
            "/reports/shop/../../secret.html",
            "/reports/..%2f/..%2f/secret.html",
            "/reports/shop/%2e%2e/%2e%2e%2fsecret.html",
            "/reports/shop/a%252fb:6060/none.html",
            "/reports/shop/a%252fb:6060",
            "/reports//etc/passwd",
            "/reports/a/b/%ff.html",
            "/reports/a/b/%2",
        ] {
            assert_eq!(pages.report(path), None, "{path}");
        }
        assert_eq!(address(&reports, &folder.path().join("secret.html")), None);
    }
}
