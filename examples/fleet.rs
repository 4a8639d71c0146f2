//! Makes a fleet from the recordings of testdata, with leaks planted in it, and says which of them are found: `cargo run --release --example fleet
//! -- make STORE --jobs 50 --instances 40 --snapshots 288 --leaks 30`, then `... -- table STORE`; several stores are one fleet, and the planted leaks are those of the first.

#[path = "fleet/make.rs"]
mod make;
#[path = "fleet/process.rs"]
mod process;
#[path = "fleet/table.rs"]
mod table;

use make::Plan;
use std::path::Path;
use std::process::ExitCode;

const USAGE: &str =
    "usage: fleet make STORE [--jobs N] [--instances N] [--snapshots N] [--leaks N] [--seed N] [--longest MINUTES]
       fleet table STORE...";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["make", store, options @ ..] => match plan(options) {
            Some(plan) => make::make(Path::new(store), &plan),
            None => Err(USAGE.into()),
        },
        ["table", first, more @ ..] => table::print(Path::new(first), more),
        _ => Err(USAGE.into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

fn plan(options: &[&str]) -> Option<Plan> {
    let mut plan = Plan::default();
    let (pairs, rest) = options.as_chunks::<2>();
    for [option, value] in pairs {
        let number = value.parse().ok()?;
        match *option {
            "--jobs" => plan.jobs = number,
            "--instances" => plan.instances = number,
            "--snapshots" => plan.snapshots = number,
            "--leaks" => plan.leaks = number,
            "--longest" => plan.longest = number,
            "--seed" => plan.seed = number as u64,
            _ => return None,
        }
    }
    rest.is_empty().then_some(plan)
}
