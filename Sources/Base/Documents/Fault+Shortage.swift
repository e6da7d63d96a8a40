// SPDX-License-Identifier: Apache-2.0
import Glibc

extension Fault {
    /// The fault of a file that was not opened because this process or the machine ran out of something, which is no
    /// fault of the file.
    ///
    /// - Parameter number: what `errno` said.
    /// - Returns: nil if it was anything else.
    package static func shortage(opening path: String, errno number: Int32) -> Fault? {
        let remedy: String
        switch number {
        case EMFILE: remedy = "allow this process more of them with `ulimit -n`"
        case ENFILE: remedy = "end other programs, or raise fs.file-max"
        case ENOMEM: remedy = "free some memory, or raise the limit of it"
        default: return nil
        }
        return Fault(.failed, "\(path): cannot be opened: \(String(cString: strerror(number))); \(remedy)")
    }
}
