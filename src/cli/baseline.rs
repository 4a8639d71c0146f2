//! `pprof-leaks baseline add`: accepts suspects of a saved report.

use super::args::BaselineAddArgs;
use super::output::{Output, replace};
use anyhow::{Context, Result, anyhow, bail};
use jiff::civil::Date;
use pprof_leaks::pipeline::Options;
use pprof_leaks::report::inert;
use pprof_leaks::suspects::Baseline;
use serde::Deserialize;
use std::io::{ErrorKind, Read};
use std::path::Path;
use toml_edit::{ArrayOfTables, Datetime, DocumentMut, Item, Table, Value, value};

/// No baseline and no report is larger; what has no end must not be read to it.
const LARGEST: u64 = 256 << 20;

/// What is read of a saved JSON report.
#[derive(Deserialize)]
struct Report {
    suspects: Vec<Suspect>,
}

#[derive(Deserialize)]
struct Suspect {
    fingerprint: String,
    blame: Blame,
}

#[derive(Deserialize)]
struct Blame {
    function: String,
}

/// Reads a baseline file, whose place the report must not take.
pub(super) fn read(path: &Path, output: Option<&Path>) -> Result<Baseline> {
    let shown = path.display();
    let text = match text_of(path) {
        Err(error) if is_missing(&error) => {
            bail!("--baseline: {shown}: {error}; `pprof-leaks baseline add` makes one")
        }
        text => text.with_context(|| format!("--baseline: {shown}"))?,
    };
    let real = path.canonicalize().ok();
    if real.is_some() && output.and_then(|output| output.canonicalize().ok()) == real {
        bail!("-o {shown}: this is the baseline itself, which the report would replace; name another file");
    }
    Baseline::parse(&text).map_err(|error| anyhow!("--baseline: {shown}: {error}"))
}

/// Runs the command and gives the exit status.
pub(super) fn add(args: &BaselineAddArgs) -> Result<u8> {
    let expires = args.expires.as_deref().map(last_day).transpose()?;
    for (flag, text) in [("--reason", &args.reason), ("--owner", &args.owner)] {
        if text.trim().is_empty() {
            bail!("{flag} is empty; whoever reads the file later needs it");
        }
    }
    let report = report(&args.report)?;
    if let Some(missing) =
        args.fingerprint.iter().find(|id| !report.suspects.iter().any(|s| s.fingerprint == **id))
    {
        bail!("--fingerprint: {missing} is no suspect of {}", args.report.display());
    }
    let shown = args.file.display();
    let old = match text_of(&args.file) {
        Err(error) if is_missing(&error) => String::new(),
        text => text.with_context(|| shown.to_string())?,
    };
    Baseline::parse(&old).map_err(|error| anyhow!("{shown}: {error}"))?;
    let mut file: DocumentMut = old.parse().with_context(|| shown.to_string())?;
    // Comments alone are the end of a file without tables: they would come behind what is added.
    let head = if file.as_table().is_empty() { std::mem::take(&mut file).to_string() } else { String::new() };
    let (mut added, mut renewed) = (0, 0);
    for suspect in report.suspects.iter().filter(|s| args.all || args.fingerprint.contains(&s.fingerprint)) {
        match set(&mut file, suspect, args, expires).with_context(|| shown.to_string())? {
            true => added += 1,
            false => renewed += 1,
        }
    }
    let gap = match head.as_str() {
        "" => "",
        head if head.ends_with('\n') => "\n",
        _ => "\n\n",
    };
    let new = format!("{head}{gap}{file}");
    // A report of another origin may hold what is no fingerprint.
    Baseline::parse(&new)
        .map_err(|error| anyhow!("{}: its entries would not be readable: {error}", shown))?;
    // A link stays a link: what it leads to is replaced.
    let path = args.file.canonicalize().unwrap_or_else(|_| args.file.clone());
    replace(&path, &new).with_context(|| format!("{shown}: it cannot be written"))?;
    Output::Stdout.write(format!("{}: {added} added, {renewed} renewed\n", inert(&shown.to_string())))?;
    Ok(0)
}

fn last_day(text: &str) -> Result<Date> {
    let day = text.parse::<Date>().ok().filter(|day| day.to_string() == text);
    let day = day.ok_or_else(|| anyhow!("--expires: `{text}` is not a day; write it like 2027-01-31"))?;
    if day < (Options::default().today)() {
        bail!("--expires: {day} is past already, so nothing would be accepted");
    }
    Ok(day)
}

fn report(path: &Path) -> Result<Report> {
    let shown = path.display();
    let text = text_of(path).with_context(|| shown.to_string())?;
    serde_json::from_str(&text).map_err(|error| {
        anyhow!("{shown}: it is no JSON report ({error}); save one with --format json -o FILE")
    })
}

/// Adds an entry (`true`), or gives the one that is there its new values.
fn set(
    file: &mut DocumentMut,
    suspect: &Suspect,
    args: &BaselineAddArgs,
    expires: Option<Date>,
) -> Result<bool> {
    let list = file.entry("accepted").or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    // `accepted = [{ ... }]` says the same; written out, an entry has a line for each of its keys.
    if let Some(array) = list.as_array() {
        let tables = array.iter().filter_map(Value::as_inline_table).map(|table| table.clone().into_table());
        *list = Item::ArrayOfTables(tables.collect());
    }
    let list = list.as_array_of_tables_mut().context("`accepted` is no list of tables")?;
    let expires: Option<Datetime> = expires.map(|day| day.to_string().parse()).transpose()?;
    let is_there = |table: &&mut Table| {
        table.get("fingerprint").and_then(Item::as_str) == Some(suspect.fingerprint.as_str())
    };
    if let Some(table) = list.iter_mut().find(is_there) {
        put(table, "reason", Value::from(&args.reason));
        put(table, "owner", Value::from(&args.owner));
        match expires {
            Some(day) => put(table, "expires", Value::from(day)),
            None => drop(table.remove("expires")),
        }
        return Ok(false);
    }
    let mut table = Table::new();
    for (key, new) in
        [("fingerprint", &suspect.fingerprint), ("reason", &args.reason), ("owner", &args.owner)]
    {
        table.insert(key, value(new));
    }
    if let Some(day) = expires {
        table.insert("expires", value(day));
    }
    let gap = if list.is_empty() { "" } else { "\n" };
    table.decor_mut().set_prefix(format!("{gap}# {}\n", inert(&suspect.blame.function)));
    list.push(table);
    Ok(true)
}

/// Replaces a value and keeps the comment behind it.
fn put(table: &mut Table, key: &str, mut new: Value) {
    if let Some(old) = table.get(key).and_then(Item::as_value) {
        *new.decor_mut() = old.decor().clone();
    }
    table.insert(key, Item::Value(new));
}

fn text_of(path: &Path) -> Result<String> {
    if path.is_dir() {
        bail!("this is a folder; name a file");
    }
    let mut bytes = Vec::new();
    if std::fs::File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)? as u64 > LARGEST {
        bail!("larger than {} MiB, so it is not what is meant", LARGEST >> 20);
    }
    String::from_utf8(bytes).map_err(|_| anyhow!("this is not text"))
}

fn is_missing(error: &anyhow::Error) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == ErrorKind::NotFound)
}
