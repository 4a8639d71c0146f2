//! `pprof-leaks completions` and `pprof-leaks man`: what shells and manuals learn of the command line.

use super::args::{Args, CompletionsArgs, ManArgs};
use super::output::Output;
use anyhow::{Context, Result, anyhow};
use clap::{Command, CommandFactory};

/// Writes the completions of a shell, and gives the exit status.
pub(super) fn completions(args: &CompletionsArgs) -> Result<u8> {
    let mut program = Args::command();
    let name = program.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut program, name, &mut script);
    Output::Stdout.write(script)?;
    Ok(0)
}

/// Writes a page of the manual, and gives the exit status.
pub(super) fn man(args: &ManArgs) -> Result<u8> {
    let mut program = Args::command();
    // Gives the commands their full names, as man looks for them: pprof-leaks-diff(1).
    program.build();
    let page = match &args.command {
        None => program,
        Some(name) => {
            let found = program.find_subcommand(name).cloned();
            let found = found.ok_or_else(|| {
                let names: Vec<&str> = program.get_subcommands().map(Command::get_name).collect();
                anyhow!("there is no command `{name}`; choose one of {}", names.join(", "))
            })?;
            found.version(env!("CARGO_PKG_VERSION"))
        }
    };
    let mut text = Vec::new();
    clap_mangen::Man::new(page).render(&mut text).context("the page cannot be written")?;
    Output::Stdout.write(text)?;
    Ok(0)
}
