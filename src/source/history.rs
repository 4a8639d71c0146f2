//! Who last changed a line, by `git blame`: for the ticket, and never a failure.

use super::facts::Change;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// What `git blame` of a line prints is a few lines long.
const MOST_BYTES: u64 = 64 << 10;
/// How often it is looked whether `git` has ended.
const GLANCE: Duration = Duration::from_millis(5);

/// A repository's own configuration can name programs that git runs, and the source that is read may be anybody's. What blame
/// could come to is turned off: watchers of the file system, hooks, and fetching what a partial clone lacks. It is asked about
/// `HEAD`, not about the files beside it, as those would go through filters.
const SETTINGS: [&str; 4] =
    ["core.fsmonitor=false", "core.hooksPath=/dev/null", "protocol.allow=never", "core.sshCommand=false"];
/// The same in the environment, and no questions.
const ENVIRONMENT: [(&str, &str); 5] = [
    ("GIT_NO_LAZY_FETCH", "1"),
    ("GIT_ALLOW_PROTOCOL", "none"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("LC_ALL", "C"),
];
/// What would make it look at another repository, as inside a hook of git.
const NOT_INHERITED: [&str; 7] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_EXTERNAL_DIFF",
];

/// The commit that a line of a file comes from. Nothing where there is no `git`, no repository or no answer in time, and where
/// the line is not committed as it stands in the file. `root` is the folder of the repository.
pub(super) fn last_change(
    root: &Path,
    file: &Path,
    line: u32,
    text: &str,
    limit: Duration,
) -> Option<Change> {
    let mut git = Command::new("git");
    git.args(["--no-pager", "--literal-pathspecs"]);
    git.args(SETTINGS.iter().flat_map(|setting| ["-c", setting]));
    git.arg("-C").arg(file.parent()?);
    git.args(["blame", "--porcelain", "--no-textconv", "-L", &format!("{line},{line}"), "HEAD", "--"]);
    git.arg(file.file_name()?).envs(ENVIRONMENT);
    for name in NOT_INHERITED {
        git.env_remove(name);
    }
    git.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let blamed = printed(git.spawn().ok()?, limit)?;
    let change = read(&blamed, text)?;
    // The oldest commit of a clone that was cut off is blamed for all that is older.
    let is_oldest = blamed.lines().any(|line| line == "boundary");
    (!is_oldest || root.join(".git").is_dir() && !root.join(".git/shallow").exists()).then_some(change)
}

/// What a program prints, if it ends well and in time.
fn printed(mut child: Child, limit: Duration) -> Option<String> {
    let deadline = Instant::now() + limit;
    let stdout = child.stdout.take()?;
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        stdout.take(MOST_BYTES).read_to_string(&mut text).ok().map(|_| text)
    });
    let ended_well = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status.success(),
            Ok(None) if Instant::now() < deadline => std::thread::sleep(GLANCE),
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                break false;
            }
        }
    };
    let text = if ended_well { reader.join().ok()? } else { None };
    text.filter(|_| ended_well)
}

/// What `git blame --porcelain` says of one line, if it is the line that is meant.
fn read(blamed: &str, text: &str) -> Option<Change> {
    let field = |name: &str| {
        let found = blamed.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        found.map(str::to_owned)
    };
    let commit = blamed.split_whitespace().next()?;
    let is_commit = commit.len() >= 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    let line = blamed.lines().find_map(|line| line.strip_prefix('\t'))?;
    if !is_commit || line.trim_end() != text.trim_end() {
        return None;
    }
    Some(Change {
        commit: commit.to_owned(),
        seconds: field("author-time")?.parse().ok()?,
        author: field("author")?,
        summary: field("summary").unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLAMED: &str = "\
3f2a1b9c3f2a1b9c3f2a1b9c3f2a1b9c3f2a1b9c 29 26 1
author Ann Lee
author-mail <ann@example.com>
author-time 1764000000
author-tz +0100
committer Bob
committer-time 1764000100
summary Remember visits
filename internal/visits/visits.go
\tr.seen[id] = v
";

    #[test]
    fn a_line_is_known_by_its_text() {
        let change = read(BLAMED, "r.seen[id] = v\r").expect("the line is that");
        assert_eq!((change.author.as_str(), change.seconds), ("Ann Lee", 1_764_000_000));
        assert_eq!((&change.commit[..8], change.summary.as_str()), ("3f2a1b9c", "Remember visits"));
        assert_eq!(read(BLAMED, "r.seen[id] = w"), None, "it was edited since");
        assert_eq!(read("", ""), None);
        assert_eq!(read("fatal: no such path\n\tx\n", "x"), None);
    }

    #[test]
    fn what_takes_too_long_is_given_up() {
        let started = Instant::now();
        let sleeper = Command::new("sleep").arg("30").stdout(Stdio::piped()).spawn().expect("it sleeps");
        assert_eq!(printed(sleeper, Duration::from_millis(50)), None);
        assert!(started.elapsed() < Duration::from_secs(10));
    }
}
