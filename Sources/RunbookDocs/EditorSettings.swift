/// Writes the settings with which lua-language-server finds the definition files.
public enum EditorSettings {
    /// The content of `.luarc.json` for a project whose definition files lie in `stubFolder`.
    ///
    /// It names Lua 5.4, takes away the libraries that a runbook does not have, and raises the findings that matter to errors.
    public static func luarc(stubFolder: String) -> String {
        let folder = stubFolder.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return """
            {
              "$schema": "https://raw.githubusercontent.com/LuaLS/vscode-lua/master/setting/schema.json",
              "runtime.version": "Lua 5.4",
              "runtime.builtin": {
                "debug": "disable",
                "ffi": "disable",
                "io": "disable",
                "jit": "disable",
                "package": "disable"
              },
              "workspace.library": ["\(folder)"],
              "workspace.checkThirdParty": false,
              "diagnostics.severity": {
                "assign-type-mismatch": "Error",
                "missing-fields": "Error",
                "missing-parameter": "Error",
                "param-type-mismatch": "Error",
                "undefined-field": "Error",
                "undefined-global": "Error"
              }
            }

            """
    }
}
