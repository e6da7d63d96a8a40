// SPDX-License-Identifier: Apache-2.0
import Quantities
import System
import Traces

/// A kind of file that says what a path or a link carried over time: another program's, or Walkback's own.
///
/// One file of source is one format, and one line registers it: in ``TraceFormats/builtIn``, or in the call of
/// ``Walkback/main(adding:bounds:formats:workloads:)`` in a program of your own. `import`, `export`, `inspect` and
/// `derive` know of formats only what is here. "Adding a trace format" in Documentation/hacking.md is a complete
/// example.
///
/// A format that can also be written conforms to ``LinkWriting`` or ``PathWriting``.
public protocol TraceFormat: Sendable {
    /// What options and messages call the format, as in `per-second`: 1 to 40 of a-z, 0-9 and '-', the first of them a
    /// letter. No other format may have it.
    var name: String { get }

    /// What a file holds, as a phrase for help: `second,bytes_per_second, a line for each second`.
    var summary: String { get }

    /// Whether a file is of one direction or of a whole path. `read` returns this and nothing else.
    var holds: TraceExtent { get }

    /// Whether a file begins again when it is over, so that `import --duration` may ask for more than it holds.
    /// `false` unless it says otherwise.
    var repeats: Bool { get }

    /// Whether a file that begins so is of this format.
    ///
    /// Say yes to a file that has a mistake further on, so that `read` can name the mistake. Say no to a file that
    /// could equally be of another format: if two formats recognise a file, the user must say which it is.
    func recognises(_ beginning: TraceBeginning) -> Bool

    /// Reads a whole file, in its own resolution. Nothing is resampled, and what the file does not say is left out.
    ///
    /// - Throws: `Fault` (bad input) as `path:line:column: message`; ``TextLines`` makes these.
    func read(_ file: InputFile) throws -> TraceReading
}

extension TraceFormat {
    public var repeats: Bool { false }
}

/// A format whose files can be written, one for each direction.
public protocol LinkWriting: TraceFormat {
    /// Writes one direction of a path.
    ///
    /// - Parameter file: the trace's own file, for messages.
    /// - Throws: `Fault` (bad input) if the format cannot express that direction.
    func write(_ trace: PathTrace, _ direction: Direction, from file: String) throws -> WrittenTrace
}

/// A format whose files can be written, one for each path.
public protocol PathWriting: TraceFormat {
    /// Writes both directions of a path.
    ///
    /// - Parameter file: the trace's own file, for messages.
    /// - Throws: `Fault` (bad input) if the format cannot express that path.
    func write(_ trace: PathTrace, from file: String) throws -> WrittenTrace
}

/// How much of a path one file holds.
public enum TraceExtent: Sendable, Equatable {
    /// A file holds one direction. The user says which one, and of which path, when naming the file.
    case direction
    /// A file holds both directions of one path.
    case path
}

/// What a file holds, and what its reader should know about it.
public struct TraceReading: Sendable, Equatable {
    /// What a file holds, in its own resolution.
    public enum Contents: Sendable, Equatable {
        /// IP-layer capacity of one direction (`TraceDefaults.capacity(carrying:)` computes it from goodput). Each rate
        /// holds from its time until the next one's, and the last until `end`. Times rise, and the first is zero.
        case rates([TimedRate], end: Duration)
        /// One direction as instants at which it could send a packet.
        case opportunities(Opportunities)
        /// A whole path. The file does not contain what `lacking` names, so those values in the trace have no meaning.
        case path(PathTrace, lacking: Set<TraceGap>)
    }

    /// What the file holds.
    public var contents: Contents
    /// What was left out or assumed, as sentences for the user.
    public var notes: [String]

    /// Creates a reading; each parameter is the property of the same name.
    public init(_ contents: Contents, notes: [String] = []) {
        self.contents = contents
        self.notes = notes
    }
}

/// A rate that holds from `time` on.
public struct TimedRate: Sendable, Equatable {
    /// When the rate begins, since the beginning of the file.
    public var time: Duration
    /// IP-layer capacity.
    public var rate: DataRate

    /// Creates a rate; each parameter is the property of the same name.
    public init(time: Duration, rate: DataRate) {
        self.time = time
        self.rate = rate
    }
}

/// What a file of a whole path may leave out, for an import to fill in.
public enum TraceGap: Sendable, Hashable, CaseIterable {
    /// The rates of the uplink, which are then computed from the downlink's (`TraceDefaults.uplink`).
    case uplink
    /// The delays of both directions, which then come from `--rtt` or the default of the path's kind.
    case delays
    /// The queues of both directions, which then come from `--queue` or the default for the direction's rates.
    case queues
}

/// A written file's bytes, and a list of what it loses of the trace.
public struct WrittenTrace: Sendable, Equatable {
    /// The contents of the file.
    public var bytes: [UInt8]
    /// What the file does not say of the trace, as sentences for the user.
    public var losses: [String]

    /// Creates a file; each parameter is the property of the same name.
    public init(bytes: [UInt8], losses: [String] = []) {
        self.bytes = bytes
        self.losses = losses
    }
}

/// The beginning of a file, by which a format tells whether the file is one of its own.
public struct TraceBeginning: Sendable {
    /// The largest number of bytes in `bytes`.
    public static let size = 4096

    /// The file's name without its directory. A format should not need it: files are renamed.
    public let fileName: String
    /// The first `size` bytes, or the whole of a shorter file.
    public let bytes: [UInt8]
    /// The complete lines of text in `bytes`, without a byte order mark, blank lines and trailing blanks; empty if
    /// `bytes` are not UTF-8.
    public let lines: [String]

    /// Creates the beginning of a file.
    ///
    /// - Parameter bytes: the whole file, or at least its first ``size`` bytes.
    public init(path: String, bytes: some Collection<UInt8>) {
        fileName = path.split(separator: "/").last.map(String.init) ?? path
        self.bytes = Array(bytes.prefix(Self.size))
        var whole = self.bytes[...]
        if whole.count == Self.size, let end = whole.lastIndex(of: UInt8(ascii: "\n")) { whole = whole[...end] }
        var lines: [String] = []
        if var text = try? TextLines(InputFile(path: path, bytes: Array(whole))) {
            while let line = text.next() { lines.append(line.text) }
        }
        self.lines = lines
    }
}
