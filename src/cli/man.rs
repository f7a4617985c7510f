//! `snotra man`: one page for the whole program, every command a section.

use std::io;
use std::io::Write;

use clap_mangen::Man;

use crate::cli::Outcome;
use crate::cli::failure::Failure;
use crate::cli::streams::Streams;

pub(super) fn run(streams: &mut Streams) -> Result<Outcome, Failure> {
    let command = super::command();
    let out = &mut streams.out;
    Man::new(command.clone()).render(out)?;
    for subcommand in command.get_subcommands().filter(|command| !command.is_hide_set()) {
        write_section(out, subcommand)?;
    }
    Ok(Outcome::Done)
}

fn write_section(out: &mut dyn Write, command: &clap::Command) -> io::Result<()> {
    let name = command.get_name().to_uppercase();
    writeln!(out, ".SH {name}")?;
    let page = Man::new(command.clone());
    page.render_synopsis_section(&mut *out)?;
    page.render_description_section(&mut *out)?;
    page.render_options_section(&mut *out)?;
    page.render_extra_section(&mut *out)
}
