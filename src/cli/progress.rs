//! A progress bar on stderr, where stderr is a terminal.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::ProgressBar;
use indicatif::ProgressDrawTarget;
use indicatif::ProgressStyle;

use crate::app::Progress;
use crate::cli::args::Global;

/// Counts bytes, since files differ too much in size for a count of files to tell the time left.
pub(super) struct Bar {
    bar: ProgressBar,
    files: std::sync::atomic::AtomicU64,
}

impl Bar {
    pub(super) fn new(global: &Global) -> Self {
        let shown = std::io::stderr().is_terminal() && !global.quiet;
        let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        Self { bar: ProgressBar::with_draw_target(None, target), files: 0.into() }
    }
}

impl Progress for Bar {
    fn begin(&self, files: u64, bytes: u64) {
        let template = format!("{{bar:30}} {{msg}} of {files} files, {{bytes_per_sec}}, {{eta}} left");
        let style = ProgressStyle::with_template(&template).expect("the template is a constant but for a number");
        self.bar.set_style(style);
        self.bar.set_length(bytes);
        self.bar.set_message("0");
    }

    fn file(&self, bytes: u64) {
        let files = self.files.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
        let seconds = self.bar.elapsed().as_secs_f64().max(1e-3);
        self.bar.set_message(format!("{files} ({:.0}/s)", files as f64 / seconds));
        self.bar.inc(bytes);
    }

    fn committing(&self) {
        self.bar.set_style(ProgressStyle::with_template("{spinner} writing the index").expect("a constant"));
        self.bar.enable_steady_tick(Duration::from_millis(100));
    }

    fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
