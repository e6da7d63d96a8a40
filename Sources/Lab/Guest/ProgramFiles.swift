// SPDX-License-Identifier: Apache-2.0
import CLinux
import Documents
import Glibc
import Plans
import SystemPackage

/// The files that programs print into, opened for them. The host reads them while they grow.
final class ProgramFiles {
    private let input: FileDescriptor
    private var files: [ProgramOutput: FileDescriptor] = [:]

    init(directory: FilePath) throws {
        input = try FileDescriptor.open("/dev/null", .readOnly, options: .closeOnExec)
        for output in ProgramOutput.allCases {
            let path = directory.appending(output.rawValue)
            do {
                files[output] = try FileDescriptor.open(
                    path, .writeOnly, options: [.create, .truncate, .append, .closeOnExec],
                    permissions: [.ownerReadWrite, .groupRead, .otherRead])
            } catch {
                throw Fault(.failed, "cannot write '\(path)': \(error); name another --output")
            }
        }
    }

    /// The descriptors that become a program's 0, 1 and 2.
    var ofCommand: [CInt] { descriptors(.standardOutput, .standardError) }
    var ofServer: [CInt] { descriptors(.server, .server) }

    private func descriptors(_ output: ProgramOutput, _ errors: ProgramOutput) -> [CInt] {
        [input.rawValue] + [output, errors].compactMap { files[$0]?.rawValue }
    }

    /// Without this, the guest would keep the output in its memory for half a minute of its time. A full disk shows
    /// when everything is written out.
    func writeOut() {
        for output in ProgramOutput.allCases { files[output].map { _ = walkback_write_out($0.rawValue) } }
    }

    deinit {
        try? input.close()
        for file in files.values { try? file.close() }
    }
}
