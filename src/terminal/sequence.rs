//! Control sequences being written: to vt100, to the program in a pane, and for `print`.

/// Appends `number` in decimal.
pub fn put_decimal(out: &mut Vec<u8>, number: u16) {
    let mut digits = [0; 5];
    let mut rest = number;
    let mut at = digits.len();
    loop {
        at -= 1;
        if let Some(digit) = digits.get_mut(at) {
            *digit = b'0' + (rest % 10) as u8;
        }
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(digits.get(at..).unwrap_or_default());
}

/// Appends the control sequence `ESC [ numbers… final`.
pub fn put_csi(out: &mut Vec<u8>, numbers: &[u16], final_byte: u8) {
    out.extend_from_slice(b"\x1b[");
    for (index, number) in numbers.iter().enumerate() {
        if index > 0 {
            out.push(b';');
        }
        put_decimal(out, *number);
    }
    out.push(final_byte);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_decimal() {
        let mut out = Vec::new();
        put_csi(&mut out, &[0, 7, 10, 65535], b'H');
        put_csi(&mut out, &[], b'm');
        assert_eq!(out, b"\x1b[0;7;10;65535H\x1b[m");
    }
}
