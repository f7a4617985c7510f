//! Decompression on the fly: a file's bytes as a stream, whatever it is packed in.
//!
//! Files of several gzip members or zstd frames (`cat a.gz b.gz`, `zstd --rsyncable`, `pzstd`) are read to the end, and
//! a zstd frame's checksum is compared where there is one: the pure Rust decoder computes it but leaves the comparison
//! to its caller. Nothing here believes a declared size. Rejected: the `zstd` crate, because it needs a C compiler.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// The bytes of the file at `path`, unpacked if its name ends in `.gz` or `.zst`.
///
/// # Errors
///
/// When the file cannot be opened. What is damaged in it shows when it is read.
pub fn open(path: &Path) -> io::Result<Box<dyn BufRead + Send>> {
    let extension = path.extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase);
    let compression = extension.as_deref().and_then(Compression::of_extension).unwrap_or(Compression::None);
    Ok(compression.reader(File::open(path)?))
}

/// How a file is packed, as the last part of its name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    None,
    /// `.gz`: one or more gzip members (RFC 1952).
    Gzip,
    /// `.zst`: one or more zstd frames (RFC 8878), windows up to 128 MiB.
    Zstd,
}

impl Compression {
    /// The compression that a lower-case extension stands for, if it stands for one.
    pub(super) fn of_extension(extension: &str) -> Option<Self> {
        match extension {
            "gz" => Some(Self::Gzip),
            "zst" => Some(Self::Zstd),
            _ => None,
        }
    }

    /// What messages call the data.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::None => "plain",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }

    /// The unpacked bytes of `file`.
    pub(super) fn reader(self, file: File) -> Box<dyn BufRead + Send> {
        self.unpack(BufReader::with_capacity(BUFFER, file))
    }

    fn unpack(self, packed: impl BufRead + Send + 'static) -> Box<dyn BufRead + Send> {
        match self {
            Self::None => Box::new(packed),
            Self::Gzip => Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(packed))),
            Self::Zstd => Box::new(BufReader::with_capacity(BUFFER, ZstdFrames::new(packed))),
        }
    }
}

const BUFFER: usize = 128 * 1024;

/// All frames of a zstd file, one after the other.
struct ZstdFrames<R> {
    packed: R,
    decoder: FrameDecoder,
    in_frame: bool,
}

impl<R: BufRead> ZstdFrames<R> {
    fn new(packed: R) -> Self {
        Self { packed, decoder: FrameDecoder::new(), in_frame: false }
    }

    /// Reads the next frame's header, past skippable frames; `false` at the end of the file.
    fn enter_frame(&mut self) -> io::Result<bool> {
        while !self.packed.fill_buf()?.is_empty() {
            match self.decoder.reset(&mut self.packed) {
                Ok(()) => return Ok(true),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                    let length = u64::from(length);
                    if io::copy(&mut (&mut self.packed).take(length), &mut io::sink())? < length {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                }
                Err(error) => return Err(corrupt(error)),
            }
        }
        Ok(false)
    }
}

impl<R: BufRead> Read for ZstdFrames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            if !self.in_frame {
                if !self.enter_frame()? {
                    return Ok(0);
                }
                self.in_frame = true;
            }
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                self.decoder.decode_blocks(&mut self.packed, BlockDecodingStrategy::UptoBlocks(1)).map_err(corrupt)?;
            }
            let count = self.decoder.read(buffer)?;
            if count > 0 {
                return Ok(count);
            }
            let stated = self.decoder.get_checksum_from_data();
            if stated.is_some() && stated != self.decoder.get_calculated_checksum() {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "the checksum does not match"));
            }
            self.in_frame = false;
        }
    }
}

fn corrupt(error: FrameDecoderError) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::write::GzEncoder;
    use proptest::prelude::*;
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    use super::*;

    const FIRST: &str = "Amtet lukker broen i oktober.\n";
    const SECOND: &str = "Færgen sejler videre.\n";

    fn gzip(text: &str) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(text: &str) -> Vec<u8> {
        compress_to_vec(text.as_bytes(), CompressionLevel::Fastest)
    }

    fn unpack(compression: Compression, packed: Vec<u8>) -> (Vec<u8>, Option<io::Error>) {
        let mut unpacked = Vec::new();
        let error = compression.unpack(io::Cursor::new(packed)).read_to_end(&mut unpacked).err();
        (unpacked, error)
    }

    fn check(compression: Compression, packed: Vec<u8>, expect: &str) {
        let (unpacked, error) = unpack(compression, packed);
        assert!(error.is_none(), "{error:?}");
        assert_eq!(String::from_utf8(unpacked).unwrap(), expect);
    }

    #[test]
    fn every_member_and_frame_is_read() {
        let both = format!("{FIRST}{SECOND}");
        check(Compression::None, FIRST.into(), FIRST);
        check(Compression::Gzip, gzip(FIRST), FIRST);
        check(Compression::Gzip, [gzip(FIRST), gzip(""), gzip(SECOND)].concat(), &both);
        check(Compression::Zstd, zstd(FIRST), FIRST);
        check(Compression::Zstd, [zstd(FIRST), zstd(""), zstd(SECOND)].concat(), &both);
        let skippable = [0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 9, 9, 9];
        check(Compression::Zstd, [&skippable[..], &zstd(FIRST), &skippable, &zstd(SECOND)].concat(), &both);
        check(Compression::Zstd, Vec::new(), "");
    }

    #[test]
    fn damage_is_an_error_and_what_came_before_stays() {
        for (compression, good) in [(Compression::Gzip, gzip(FIRST)), (Compression::Zstd, zstd(FIRST))] {
            let (unpacked, error) = unpack(compression, [good.clone(), b"not packed".to_vec()].concat());
            assert_eq!(unpacked, FIRST.as_bytes(), "{compression:?}");
            assert!(error.is_some(), "{compression:?}");
            let (_, error) = unpack(compression, good[..good.len() - 2].to_vec());
            assert!(error.is_some(), "{compression:?} cut off");
        }
    }

    #[test]
    fn a_wrong_zstd_checksum_is_an_error() {
        let mut packed = zstd(FIRST);
        let last = packed.len() - 1;
        packed[last] ^= 1;
        let (_, error) = unpack(Compression::Zstd, packed);
        assert_eq!(error.expect("the frame ends with a checksum").to_string(), "the checksum does not match");
    }

    proptest! {
        #[test]
        fn damaged_bytes_never_panic(
            at in 0usize..80,
            flip in 1u8..=255,
            noise in prop::collection::vec(any::<u8>(), 0..64),
        ) {
            for (compression, mut packed) in [(Compression::Gzip, gzip(FIRST)), (Compression::Zstd, zstd(FIRST))] {
                let at = at % packed.len();
                packed[at] ^= flip;
                unpack(compression, packed);
                unpack(compression, noise.clone());
                unpack(compression, [&[0x28, 0xB5, 0x2F, 0xFD], &noise[..]].concat());
            }
        }
    }
}
