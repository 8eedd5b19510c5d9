//! A port of this machine that is kept for a program which is to listen on it.
//!
//! A port that is found free and let go may be another's before the program has it. On Linux it is kept: bound by a socket
//! that does not listen, so that the system gives it to nobody who asks for any port, and a program that asks for this
//! one, as servers do with `SO_REUSEADDR`, can listen on it. Elsewhere that is not possible, and it is only found.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::os::fd::OwnedFd;

use rustix::net::{AddressFamily, SocketType, bind, getsockname, socket, sockopt};

/// A port that is kept as long as this lives.
#[derive(Debug)]
pub struct KeptPort {
    port: u16,
    _socket: Option<OwnedFd>,
}

impl KeptPort {
    /// Finds a free port and keeps it.
    ///
    /// # Errors
    /// Fails if the system gives none.
    pub fn new() -> io::Result<KeptPort> {
        let socket = socket(AddressFamily::INET, SocketType::STREAM, None)?;
        rustix::io::fcntl_setfd(&socket, rustix::io::FdFlags::CLOEXEC)?;
        sockopt::set_socket_reuseaddr(&socket, true)?;
        bind(&socket, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0))?;
        let address: SocketAddr = getsockname(&socket)?.try_into()?;
        let kept = cfg!(target_os = "linux").then_some(socket);
        Ok(KeptPort { port: address.port(), _socket: kept })
    }

    /// Returns its number.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::*;

    #[test]
    fn a_program_that_asks_for_a_kept_port_gets_it_and_no_other_does() {
        let kept = KeptPort::new().unwrap();
        let at = (Ipv4Addr::LOCALHOST, kept.port());
        assert!(TcpStream::connect(at).is_err(), "nobody listens yet");
        // Whoever asks for any port: so many that chance would give it.
        let others: Vec<_> = (0..2000).map(|_| KeptPort::new().unwrap()).collect();
        assert!(others.iter().all(|other| other.port() != kept.port()));
        let _listener = TcpListener::bind(at).unwrap();
        TcpStream::connect(at).unwrap();
    }
}
