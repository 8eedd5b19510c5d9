//! Waits until a descriptor can be read from or written to: poll(2), and on macOS select(2), because poll there does
//! not support terminals.

use std::io;
use std::os::fd::BorrowedFd;
use std::time::Duration;

use rustix::event::Timespec;
use rustix::io::Errno;

/// What is waited for on a descriptor, or what it is ready for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Ready {
    pub(super) read: bool,
    pub(super) write: bool,
}

/// Waits until one of the descriptors is ready for what is wanted of it, at most for `timeout`, and returns what each
/// is ready for. One that is broken is ready for everything, so that trying tells how.
pub(super) fn wait(wanted: &[(BorrowedFd<'_>, Ready)], timeout: Option<Duration>) -> io::Result<Vec<Ready>> {
    // A span that no clock can hold is no deadline.
    let timeout = timeout.and_then(|span| Timespec::try_from(span).ok());
    #[cfg(not(target_os = "macos"))]
    let ready = poll(wanted, timeout.as_ref());
    #[cfg(target_os = "macos")]
    let ready = select(wanted, timeout.as_ref());
    match ready {
        // A signal came: what it means is in its pipe, and the pipe is looked at next time.
        Err(Errno::INTR) => Ok(vec![Ready::default(); wanted.len()]),
        other => Ok(other?),
    }
}

#[cfg(not(target_os = "macos"))]
fn poll(wanted: &[(BorrowedFd<'_>, Ready)], timeout: Option<&Timespec>) -> Result<Vec<Ready>, Errno> {
    use rustix::event::{PollFd, PollFlags, poll};

    let mut fds: Vec<_> = wanted
        .iter()
        .map(|(fd, want)| {
            let mut flags = PollFlags::empty();
            flags.set(PollFlags::IN, want.read);
            flags.set(PollFlags::OUT, want.write);
            PollFd::from_borrowed_fd(*fd, flags)
        })
        .collect();
    poll(&mut fds, timeout)?;
    let broken = PollFlags::ERR | PollFlags::HUP | PollFlags::NVAL;
    Ok(fds
        .iter()
        .map(|fd| Ready {
            read: fd.revents().intersects(PollFlags::IN | broken),
            write: fd.revents().intersects(PollFlags::OUT | broken),
        })
        .collect())
}

#[cfg(any(target_os = "macos", test))]
fn select(wanted: &[(BorrowedFd<'_>, Ready)], timeout: Option<&Timespec>) -> Result<Vec<Ready>, Errno> {
    use std::os::fd::AsRawFd;

    use rustix::event::{FdSetElement, FdSetIter, fd_set_insert, fd_set_num_elements, select};

    let bound = wanted.iter().map(|(fd, _)| fd.as_raw_fd() + 1).max().unwrap_or(0);
    let set = |wants: fn(&Ready) -> bool| {
        let mut set = vec![FdSetElement::default(); fd_set_num_elements(wanted.len(), bound)];
        for (fd, _) in wanted.iter().filter(|(_, want)| wants(want)) {
            fd_set_insert(&mut set, fd.as_raw_fd());
        }
        set
    };
    let (mut read, mut write) = (set(|want| want.read), set(|want| want.write));
    #[expect(unsafe_code, reason = "select takes descriptors as numbers")]
    // SAFETY: every descriptor in the sets is borrowed by `wanted`, and so open.
    unsafe {
        select(bound, Some(&mut read), Some(&mut write), None, timeout)?;
    }
    let is_in = |set: &[FdSetElement], fd: &BorrowedFd<'_>| FdSetIter::new(set).any(|n| n == fd.as_raw_fd());
    Ok(wanted.iter().map(|(fd, _)| Ready { read: is_in(&read, fd), write: is_in(&write, fd) }).collect())
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::fd::AsFd;
    use std::os::unix::net::UnixStream;

    use super::*;

    const READ: Ready = Ready { read: true, write: false };
    const WRITE: Ready = Ready { read: false, write: true };
    const NOTHING: Ready = Ready { read: false, write: false };

    #[test]
    fn both_ways_of_waiting_say_the_same() {
        let (mut a, b) = UnixStream::pair().unwrap();
        let (c, d) = UnixStream::pair().unwrap();
        a.write_all(b"x").unwrap();
        drop(d);
        let wanted = [(b.as_fd(), READ), (a.as_fd(), READ), (a.as_fd(), WRITE), (c.as_fd(), READ)];
        let polled = poll(&wanted, None).unwrap();
        assert_eq!(&polled[..3], [READ, NOTHING, WRITE]);
        assert!(polled[3].read, "a closed connection can be read from: it has come to its end");
        // One descriptor may be in a set but once, so select is asked without the third.
        let selected = select(&[wanted[0], wanted[1], wanted[3]], None).unwrap();
        assert_eq!(selected, [READ, NOTHING, READ]);
        assert_eq!(select(&[(a.as_fd(), WRITE)], None).unwrap(), [WRITE]);
    }

    #[test]
    fn nothing_ready_in_time_is_no_error() {
        let (a, _b) = UnixStream::pair().unwrap();
        let wanted = [(a.as_fd(), READ)];
        assert_eq!(wait(&wanted, Some(Duration::from_millis(1))).unwrap(), [NOTHING]);
        assert_eq!(
            select(&wanted, Timespec::try_from(Duration::from_millis(1)).ok().as_ref()).unwrap(),
            [NOTHING]
        );
    }
}
