//! The generated documents are what the program says today.

use std::fs;
use std::process::Command;

use crate::support::project;

/// The command-line reference is the help of every command. To make it again:
/// `SNOTRA_BLESS=1 cargo test --test main docs::`.
#[test]
fn the_reference_is_what_help_prints() {
    let help = |command: Option<&str>| {
        let mut snotra = Command::new(env!("CARGO_BIN_EXE_snotra"));
        snotra.args(command).arg("--help").env_remove("SNOTRA_INDEX").env_remove("COLUMNS");
        String::from_utf8(snotra.output().expect("it runs").stdout).expect("text")
    };
    let mut page =
        "# The command line\n\nWhat `--help` prints, for Snotra and for each of its commands. Generated: do \
                    not edit.\n"
            .to_owned();
    let command = snotra::cli::command();
    for name in std::iter::once(None).chain(command.get_subcommands().map(|command| Some(command.get_name()))) {
        let title = name.map_or("snotra".to_owned(), |name| format!("snotra {name}"));
        let help: String = help(name).lines().map(|line| format!("{}\n", line.trim_end())).collect();
        page.push_str(&format!("\n## {title}\n\n```text\n{help}```\n"));
    }
    let path = project().join("docs/cli.md");
    if std::env::var_os("SNOTRA_BLESS").is_some() {
        fs::write(&path, &page).expect("written");
    }
    let recorded = fs::read_to_string(&path).expect("it is there");
    let first = recorded.lines().zip(page.lines()).find(|(old, new)| old != new);
    assert!(
        recorded == page,
        "docs/cli.md is out of date at {first:?}\nhelp: SNOTRA_BLESS=1 cargo test --test main docs::"
    );
}
