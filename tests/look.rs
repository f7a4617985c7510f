//! The report in a real browser: light, dark, narrow, wide and on paper. Where no browser is installed, it says so and
//! passes: the project needs the Rust toolchain only.
//!
//! The page is shown in frames, so that its own bytes are looked at, with its content security policy. What is wrong with
//! it, `look/look.html` says in words. To see for oneself: `just report-look`, which sets `SNOTRA_LOOK` to a folder for
//! pictures. Another browser of the Chromium family: `SNOTRA_BROWSER=PATH`.

use std::fs;
use std::io::Read;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use serde_json::Value;
use serde_json::json;

use crate::report::report_of_long_words;
use crate::report::report_of_the_corpus;
use crate::support::Sandbox;

const NAMES: &[&str] = &[
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "headless_shell",
    "brave-browser",
];

#[test]
fn the_report_looks_as_it_should() {
    let Some(browser) = browser() else { return skip("no browser found") };
    let sandbox = Sandbox::new();
    let page = report_of_the_corpus(&sandbox);
    let report = sandbox.path("report.html");
    fs::write(&report, &page).expect("written");
    let long = report_of_long_words(&sandbox);
    let frame = |name: &str, page: &str, width: u32, dark: bool| json!({"name": name, "page": page, "width": width, "dark": dark, "paper": name.contains("paper")});
    let frames = [
        frame("light, wide", &page, 1200, false),
        frame("dark, wide", &page, 1200, true),
        frame("light, narrow", &page, 400, false),
        frame("dark, narrow", &page, 400, true),
        // A4 within the margins that the style sheet sets.
        frame("paper", &page, 688, false),
        frame("long words, wide", &long, 1200, false),
        frame("long words, narrow", &long, 400, true),
    ];
    sandbox.write("look.html", harness(&frames));
    let dumped = run(&browser, &sandbox, &["--dump-dom", &url(&sandbox.path("look.html"))]);
    let faults = dumped.out.split_once("<pre id=\"faults\">").and_then(|(_, rest)| rest.split_once("</pre>"));
    let Some(faults) = faults.and_then(|(faults, _)| faults.strip_prefix("looked")) else {
        return skip(&format!("{} does not start: {}", browser.display(), dumped.err.trim()));
    };
    let pdf = sandbox.path("report.pdf");
    let printed = run(&browser, &sandbox, &[&format!("--print-to-pdf={}", pdf.display()), &url(&report)]);
    if let Some(folder) = std::env::var_os("SNOTRA_LOOK") {
        pictures(&browser, &sandbox, Path::new(&folder));
    }
    assert!(faults.trim().is_empty(), "the report does not look as it should:{faults}");
    assert_eq!(dumped.console(), "", "the report is no trouble to the browser");

    assert_eq!(printed.console(), "", "neither is it on paper");
    assert!(fs::read(&pdf).is_ok_and(|bytes| bytes.starts_with(b"%PDF")), "it can be printed: {}", printed.err);
}

/// The harness finds what it is for.
#[test]
fn a_page_that_does_not_look_right_is_found_out() {
    let Some(browser) = browser() else { return skip("no browser found") };
    let sandbox = Sandbox::new();
    let page = "<!DOCTYPE html><meta http-equiv=\"Content-Security-Policy\" content=\"script-src 'none'\"/>\
        <style>body { margin: 0; background: #fff; color: #bbb }</style><h1>pale</h1><p style=\"width: 500px\">long</p>\
        <svg viewBox=\"0 0 100 10\"><text x=\"0\" y=\"9\">one</text><text x=\"2\" y=\"9\">two</text></svg>\
        <script>document.body.textContent = \"\"</script>";
    let frame = json!({"name": "dark", "page": page, "width": 400, "dark": true, "paper": false});
    sandbox.write("look.html", harness(&[frame]));
    let dumped = run(&browser, &sandbox, &["--dump-dom", &url(&sandbox.path("look.html"))]);
    if !dumped.out.contains("looked") {
        return skip(&format!("{} does not start", browser.display()));
    }
    for fault in ["it is 500 wide", "the paper is 255", "“pale” stands out", "“one” lies on text “two”"] {
        assert!(dumped.out.contains(fault), "{fault}: {}", dumped.out);
    }
    assert!(dumped.console().contains("Content Security Policy"), "{}", dumped.err);
}

/// Written past what catches the output of tests, because a check that was not made should be known.
fn skip(why: &str) {
    writeln!(std::io::stderr(), "the report was not looked at: {why}: skipped").expect("stderr takes it");
}

fn browser() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("SNOTRA_BROWSER") {
        return Some(path.into());
    }
    let folders: Vec<_> = std::env::split_paths(&std::env::var_os("PATH")?).collect();
    let applications = ["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"].map(PathBuf::from);
    let files = NAMES.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    files.chain(applications).find(|path| path.is_file())
}

struct Browsed {
    out: String,
    err: String,
}

impl Browsed {
    /// What pages said to the console.
    fn console(&self) -> String {
        self.err.lines().filter(|line| line.contains(":CONSOLE")).collect::<Vec<_>>().join("\n")
    }
}

/// Runs the browser without a window and without a network, in a profile of its own. One that does not end is stopped.
fn run(browser: &Path, sandbox: &Sandbox, args: &[&str]) -> Browsed {
    let profile = sandbox.path("profile");
    let flags = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-dev-shm-usage",
        "--disable-extensions",
        "--disable-sync",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        "--no-first-run",
        "--no-pdf-header-footer",
        "--enable-logging=stderr",
    ];
    let mut command = Command::new(browser);
    command.args(flags).arg(format!("--user-data-dir={}", profile.display())).args(args);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return Browsed { out: String::new(), err: error.to_string() },
    };
    let read = |mut pipe: Box<dyn Read + Send>| {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = pipe.read_to_end(&mut bytes);
            String::from_utf8_lossy(&bytes).into_owned()
        })
    };
    let out = read(Box::new(child.stdout.take().expect("it is piped")));
    let err = read(Box::new(child.stderr.take().expect("it is piped")));
    let start = Instant::now();
    while child.try_wait().is_ok_and(|status| status.is_none()) {
        if start.elapsed() > Duration::from_secs(120) {
            let _ = child.kill();
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Browsed { out: out.join().expect("reading"), err: err.join().expect("reading") }
}

/// The page that shows others in frames.
fn harness(frames: &[Value]) -> String {
    // What is within a script must not end it.
    let frames = Value::from(frames).to_string().replace('<', "\\u003c");
    include_str!("look/look.html").replace("/*FRAMES*/[]", &frames)
}

fn url(path: &Path) -> String {
    format!("file://{}", path.display())
}

/// Pictures of the report for people to look at.
fn pictures(browser: &Path, sandbox: &Sandbox, folder: &Path) {
    fs::create_dir_all(folder).expect("a folder for pictures");
    for file in ["report.html", "report.pdf"] {
        fs::copy(sandbox.path(file), folder.join(file)).expect("copied");
    }
    // A window cannot be as narrow as a telephone, a frame can.
    let narrow = "<!DOCTYPE html><meta name=\"color-scheme\" content=\"light dark\"/><body style=\"margin: 0\">\
        <iframe src=\"report.html\" style=\"border: 0; width: 400px; height: 6000px\"></iframe>";
    sandbox.write("narrow.html", narrow);
    for (name, file, width, height) in [("wide", "report.html", 1200, 6000), ("narrow", "narrow.html", 500, 6000)] {
        for (theme, scheme) in [("light", 1), ("dark", 0)] {
            let picture = folder.join(format!("{name}-{theme}.png"));
            let args = [
                format!("--blink-settings=preferredColorScheme={scheme}"),
                "--hide-scrollbars".to_owned(),
                format!("--window-size={width},{height}"),
                format!("--screenshot={}", picture.display()),
                url(&sandbox.path(file)),
            ];
            run(browser, sandbox, &args.each_ref().map(String::as_str));
        }
    }
    writeln!(std::io::stderr(), "pictures of the report: {}", folder.display()).expect("stderr takes it");
}
