//! Writes made heap profiles to a folder, for the benches: `cargo run --release --example generate -- large DIR 2`.

#[path = "../benches/generator/mod.rs"]
mod generator;

use generator::{Service, Size};
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let wanted = |[size, dir, count]: &[String; 3]| {
        let size = Size::ALL.into_iter().find(|known| known.name == size)?;
        Some((size, dir.clone(), count.parse::<usize>().ok()?))
    };
    let Some((size, dir, count)) = <[String; 3]>::try_from(args).ok().as_ref().and_then(wanted) else {
        eprintln!("usage: generate small|large|huge DIR COUNT");
        return ExitCode::from(2);
    };
    match write(size, Path::new(&dir), count) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{dir}: {error}");
            ExitCode::from(2)
        }
    }
}

fn write(size: Size, dir: &Path, count: usize) -> std::io::Result<()> {
    std::fs::create_dir_all(dir)?;
    let mut service = Service::new(size);
    for number in 1..=count {
        std::fs::write(dir.join(format!("{}-{number:04}.pb.gz", size.name)), service.snapshot())?;
    }
    Ok(())
}
