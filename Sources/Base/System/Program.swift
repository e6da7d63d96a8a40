// SPDX-License-Identifier: Apache-2.0
import Documents
import Glibc

/// Finds the file that a command's name refers to.
package enum Program {
    /// - Parameters:
    ///   - name: a path, or a name to look up as shells do.
    ///   - searchPath: a search path in the form of $PATH.
    ///   - directory: the directory that relative paths start from.
    /// - Returns: its absolute path.
    /// - Throws: `Fault` (usage) if there is no such program.
    package static func find(_ name: String, in searchPath: String, from directory: String) throws -> String {
        func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : "\(directory)/\(path)" }
        if name.contains("/") {
            let path = absolute(name)
            guard access(path, X_OK) == 0, isFile(path) else {
                let cause =
                    isFile(path) ? "it is not executable; chmod +x it" : "there is no such file; check the name"
                throw Fault(.usage, "cannot run '\(name)': \(cause)")
            }
            return path
        }
        for directory in searchPath.split(separator: ":") {
            let path = absolute("\(directory)/\(name)")
            if access(path, X_OK) == 0, isFile(path) { return path }
        }
        throw Fault(.usage, "cannot run '\(name)': there is no such program in PATH; install it, or name its file")
    }

    private static func isFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }
}
