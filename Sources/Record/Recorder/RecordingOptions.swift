// SPDX-License-Identifier: Apache-2.0
import Glibc
import Probe
import Quantities
import SystemPackage

/// What is recorded, and where to.
package struct RecordingOptions: Sendable {
    /// Names of interfaces, or patterns as shells have them.
    package var interfaces: [String]
    /// Path of the files without what follows the recording's name.
    package var output: FilePath
    /// Bytes kept of a packet; zero: all.
    package var snap = ByteCount(128)
    /// Of the throughput log.
    package var bin = Duration.milliseconds(100)
    /// nil: until it is told to end.
    package var duration: Duration?
    /// A new capture begins when the present one has this size, or lasts this long.
    package var rotateSize: ByteCount?
    package var rotateTime: Duration?
    /// The recording ends when the disk has no more than this left.
    package var reserve = ByteCount(200_000_000)
    /// Fills every interface both ways; nil: only what others do is recorded.
    package var probe: ProbeClient.Options?
    /// Of every phase in which the probe leaves the links alone, to a shell.
    package var liveCommand: String?
    /// Address of gpsd; its usual port.
    package var positionHost = "127.0.0.1"
    /// The program, as the captures are to name it.
    package var application: String

    package init(interfaces: [String], output: FilePath, application: String) {
        self.interfaces = interfaces
        self.output = output
        self.application = application
    }

    func matches(_ name: String) -> Bool {
        interfaces.contains { fnmatch($0, name, 0) == 0 }
    }

    /// Those that name one interface and no pattern.
    var exactNames: [String] {
        interfaces.filter { !$0.contains { "*?[\\".contains($0) } }
    }
}
