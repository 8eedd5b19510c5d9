//! What processes cost, from /proc: processor time, memory, bytes written.

use std::collections::BTreeMap;
use std::path::Path;

/// Processor time of one process so far, in seconds, without its children's.
pub fn cpu(pid: u32) -> Option<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let rest = stat.rsplit_once(')')?.1;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks: f64 = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    // The clock tick that /proc counts in is 1/100 s on every Linux (USER_HZ).
    Some(ticks / 100.0)
}

/// Processor time of the threads that one process has now, in seconds, to the nanosecond.
pub fn precise_cpu(pid: u32) -> Option<f64> {
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).ok()?;
    let times = threads.map(|thread| {
        let stat = std::fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
        stat.split_whitespace().next()?.parse::<f64>().ok()
    });
    Some(times.collect::<Option<Vec<f64>>>()?.iter().sum::<f64>() / 1e9)
}

/// Memory of one process, in bytes: its own, and its share of what it has in common with others (PSS).
pub fn memory(pid: u32) -> Option<f64> {
    let rollup = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    let line = rollup.lines().find_map(|l| l.strip_prefix("Pss:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok().map(|kb| kb * 1024.0)
}

/// Resident memory of one process, in bytes.
pub fn resident(pid: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok().map(|kb| kb * 1024.0)
}

/// How many bytes a process has written.
pub fn written(pid: u32) -> Option<f64> {
    let io = std::fs::read_to_string(format!("/proc/{pid}/io")).ok()?;
    io.lines().find_map(|l| l.strip_prefix("wchar: "))?.trim().parse().ok()
}

/// Every process whose arguments hold these words, in this order.
pub fn find(words: &[&str]) -> Vec<u32> {
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    let pids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|pid| {
        let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let args: Vec<&[u8]> = line.split(|b| *b == 0).collect();
        words.iter().zip(&args).all(|(word, arg)| String::from_utf8_lossy(arg).ends_with(word))
            && args.len() >= words.len()
    })
    .collect()
}

/// The processes of one agentctl home: daemon, holders and windows, by what they are.
pub fn of_home(home: &Path) -> BTreeMap<&'static str, Vec<u32>> {
    let daemon: Vec<u32> =
        find(&["agentctl", "daemon"]).into_iter().filter(|pid| has_home(*pid, home)).collect();
    let holders = find(&["agentctl", "holder"])
        .into_iter()
        .filter(|pid| parent(*pid).is_some_and(|p| daemon.contains(&p)));
    let holders = holders.collect();
    let windows = find(&["agentctl"]).into_iter().filter(|pid| {
        has_home(*pid, home)
            && !daemon.contains(pid)
            && find_arg(*pid, 1).is_none_or(|a| a == "attach" || a.is_empty())
    });
    BTreeMap::from([("windows", windows.collect()), ("holders", holders), ("daemon", daemon)])
}

fn has_home(pid: u32, home: &Path) -> bool {
    let environ = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
    let wanted = format!("AGENTCTL_HOME={}", home.display());
    environ.split(|b| *b == 0).any(|var| var == wanted.as_bytes())
}

fn find_arg(pid: u32, n: usize) -> Option<String> {
    let line = std::fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    line.split(|b| *b == 0).nth(n).map(|arg| String::from_utf8_lossy(arg).into_owned())
}

fn parent(pid: u32) -> Option<u32> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}
