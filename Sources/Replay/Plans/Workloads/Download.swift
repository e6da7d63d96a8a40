// SPDX-License-Identifier: Apache-2.0
import Quantities

extension Workload {
    /// A bulk transfer from the server.
    public struct Download: WorkloadKind {
        public static let name = "download"
        public static let settings: [WorkloadSetting<Self>] = [.bytes(\.size)]

        /// The bytes to transfer; nil: as much as fits into the run.
        public var size: ByteCount?

        public init() {}

        /// Creates a transfer of so many bytes; nil: as many as fit into the run.
        public init(size: ByteCount?) {
            self.size = size
        }

        public var traffic: WorkloadTraffic { .bulk(.down, size: size) }
        public var digestWords: String { Workload.digestWords(Self.name, size: size) }
    }
}
