//! The program `agentctl`; what it does is in the library of that name.

fn main() -> std::process::ExitCode {
    agentctl::main()
}
