// SPDX-License-Identifier: Apache-2.0
import Documents

/// A page that needs no other file.
package enum Page {
    /// Page/report.js and Page/tables.js, embedded by the build.
    private static let script = String(decoding: PackageResources.report_js + PackageResources.tables_js, as: UTF8.self)

    /// - Parameter body: markup, whereas the title is plain text.
    package static func html(title: String, walkback: String, body: String) -> String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src \
        'unsafe-inline'">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="generator" content="walkback \(Markup.escaped(walkback))">
        <title>\(Markup.escaped(title))</title>
        <style>
        \(PageStyle.css)</style>
        </head>
        <body>
        <main>
        \(body)</main>
        <script>
        \(script)</script>
        </body>
        </html>

        """
    }
}
