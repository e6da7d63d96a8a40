// SPDX-License-Identifier: Apache-2.0
import Glibc
import Probe
import Quantities
import SystemPackage

/// What to record and where to write it.
package struct RecordingOptions: Sendable {
    /// Names of interfaces, or shell patterns.
    package var interfaces: [String]
    /// Path of the files up to and including the recording's name.
    package var output: FilePath
    /// Bytes kept of each packet; zero keeps whole packets.
    package var snap = ByteCount(128)
    /// An expression in libpcap's language for the packets to record; nil records all.
    package var filter: String?
    /// Bin width of the throughput log.
    package var bin = Duration.milliseconds(100)
    /// Length of the recording; nil means until it is told to end.
    package var duration: Duration?
    /// A new capture begins when the current one reaches this size or lasts this long.
    package var rotateSize: ByteCount?
    package var rotateTime: Duration?
    /// The recording ends when the disk has no more than this left.
    package var reserve = ByteCount(200_000_000)
    /// The probe, which fills every interface in both directions; nil records only the traffic of other programs.
    package var probe: ProbeClient.Options?
    /// A shell command for every phase in which the probe leaves the links alone.
    package var liveCommand: String?
    /// Address of gpsd, which is expected on its default port.
    package var positionHost = "127.0.0.1"
    /// The program's name as written to the captures.
    package var application: String

    package init(interfaces: [String], output: FilePath, application: String) {
        self.interfaces = interfaces
        self.output = output
        self.application = application
    }

    func matches(_ name: String) -> Bool {
        interfaces.contains { fnmatch($0, name, 0) == 0 }
    }

    /// The entries that name one interface and are not patterns.
    var exactNames: [String] {
        interfaces.filter { !$0.contains { "*?[\\".contains($0) } }
    }
}
