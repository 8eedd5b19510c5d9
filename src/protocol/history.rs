//! An agent's output on its way to whoever looks back: what it printed and in which size, as it happened.
//!
//! A record is one byte of kind, its length as four bytes, little endian, and its content. A kind that is not known is
//! passed over, so that later daemons may say more.

/// One stretch of what happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryRecord<'a> {
    /// From here on the terminal has this size.
    Size {
        /// Its rows.
        rows: u16,
        /// Its columns.
        cols: u16,
    },
    /// This was printed.
    Output(&'a [u8]),
    /// Something that was printed is not there any more.
    Gap,
}

const SIZE: u8 = 1;
const OUTPUT: u8 = 2;
const GAP: u8 = 3;

impl<'a> HistoryRecord<'a> {
    /// Appends the record to `out`.
    pub fn put(&self, out: &mut Vec<u8>) {
        match self {
            HistoryRecord::Size { rows, cols } => {
                let [r, s] = rows.to_le_bytes();
                let [c, d] = cols.to_le_bytes();
                frame(out, SIZE, &[r, s, c, d]);
            }
            HistoryRecord::Output(bytes) => frame(out, OUTPUT, bytes),
            HistoryRecord::Gap => frame(out, GAP, &[]),
        }
    }

    /// Returns the records in `bytes`; what is cut off at the end is left out.
    pub fn read(mut bytes: &'a [u8]) -> impl Iterator<Item = HistoryRecord<'a>> {
        std::iter::from_fn(move || {
            loop {
                let (kind, rest) = bytes.split_first()?;
                let (length, rest) = rest.split_first_chunk::<4>()?;
                let (content, rest) =
                    rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
                bytes = rest;
                match (*kind, content) {
                    (SIZE, &[r, s, c, d]) => {
                        return Some(HistoryRecord::Size {
                            rows: u16::from_le_bytes([r, s]),
                            cols: u16::from_le_bytes([c, d]),
                        });
                    }
                    (OUTPUT, content) => return Some(HistoryRecord::Output(content)),
                    (GAP, _) => return Some(HistoryRecord::Gap),
                    _ => {}
                }
            }
        })
    }
}

fn frame(out: &mut Vec<u8>, kind: u8, content: &[u8]) {
    // Longer than four gigabytes is no record; it would be cut into several by whoever makes them.
    let length = u32::try_from(content.len()).unwrap_or(u32::MAX);
    out.push(kind);
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(&content[..content.len().min(usize::try_from(length).unwrap_or(usize::MAX))]);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_kind_that_is_not_known_is_passed_over() {
        let mut bytes = Vec::new();
        frame(&mut bytes, 99, b"later");
        HistoryRecord::Size { rows: 24, cols: 80 }.put(&mut bytes);
        assert_eq!(
            HistoryRecord::read(&bytes).collect::<Vec<_>>(),
            [HistoryRecord::Size { rows: 24, cols: 80 }]
        );
    }

    proptest! {
        #[test]
        fn what_was_put_is_read_and_garbage_is_no_panic(
            chunks in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 0..6),
            garbage in proptest::collection::vec(any::<u8>(), 0..200),
        ) {
            let mut bytes = Vec::new();
            let records: Vec<_> = chunks.iter().flat_map(|c| [HistoryRecord::Output(c), HistoryRecord::Gap]).collect();
            records.iter().for_each(|r| r.put(&mut bytes));
            prop_assert_eq!(HistoryRecord::read(&bytes).collect::<Vec<_>>(), records);
            let _ = HistoryRecord::read(&garbage).count();
        }
    }
}
