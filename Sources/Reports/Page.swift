/// A page that needs nothing beside itself.
enum Page {
    /// - Parameter body: markup; the title is text.
    static func html(title: String, walkback: String, body: String) -> String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="generator" content="walkback \(Markup.escaped(walkback))">
        <title>\(Markup.escaped(title))</title>
        <style>
        \(PageStyle.css)</style>
        </head>
        <body>
        <main>
        \(body)</main>
        </body>
        </html>

        """
    }
}
