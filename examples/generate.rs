//! Writes made heap profiles to a folder, for the benches: `cargo run --release --example generate -- large DIR 2`.

#[path = "../benches/generator/mod.rs"]
mod generator;

use generator::{Service, Shape};
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let wanted = |[name, dir, count]: &[String; 3]| {
        let shape = Shape::ALL.into_iter().find(|known| known.name == name)?;
        Some((shape, dir.clone(), count.parse::<usize>().ok()?))
    };
    let Some((shape, dir, count)) = <[String; 3]>::try_from(args).ok().as_ref().and_then(wanted) else {
        eprintln!("usage: generate {} DIR COUNT", Shape::ALL.map(|shape| shape.name).join("|"));
        return ExitCode::from(2);
    };
    match write(shape, Path::new(&dir), count) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{dir}: {error}");
            ExitCode::from(2)
        }
    }
}

fn write(shape: Shape, dir: &Path, count: usize) -> std::io::Result<()> {
    std::fs::create_dir_all(dir)?;
    let mut service = Service::new(shape);
    for number in 1..=count {
        std::fs::write(dir.join(format!("{}-{number:04}.pb.gz", shape.name)), service.snapshot())?;
    }
    Ok(())
}
