---@meta _
-- Written from the API's description; do not edit.

---Read and write files
---Relative paths start at the runbook's folder. A write replaces a file in one step, and is undone by what stood there.
---@class fs
fs = {}

---Read a file whole
---@param path string the path
---@return string # its content
function fs.read(path) end

---@class (exact) fs.write.options
---@field path string the path
---@field text string|runbook.Secret the content; it may hold secrets
---@field mode? string the permissions in octal digits; 644 for a new file, 600 where the content holds a secret

---Write a file
---A reader sees the old content or the new, never a part. What a symbolic link points to is written, and the link stays.
---A file that is there keeps its permissions, unless `mode` is given or the content holds a secret.
---@param options fs.write.options
function fs.write(options) end

---Tell whether something stands at a path
---@param path string the path
---@return boolean
function fs.exists(path) end

---@class (exact) fs.stat.result
---@field folder boolean true for a folder
---@field size integer bytes
---@field mode string permissions in octal
---@field modified number seconds since 1970

---Look what stands at a path
---@param path string the path
---@return fs.stat.result # nil when nothing stands there
function fs.stat(path) end

---List the names in a folder, ascending
---@param path string the path
---@return string[]
function fs.list(path) end

---Make a folder and those above it
---@param path string the path
function fs.mkdir(path) end

---Remove a file, or a folder with all that it holds
---A file is put back by an undo; a folder is not. Nothing happens when nothing stands there.
---@param path string the path
function fs.remove(path) end

---@class (exact) fs.copy.options
---@field from string the file
---@field to string where to

---Copy a file
---@param options fs.copy.options
function fs.copy(options) end

---@class (exact) fs.move.options
---@field from string the file or folder
---@field to string its new path

---Give a file or folder another name, in one step
---An undo gives the old name back, and puts back a file that was replaced.
---@param options fs.move.options
function fs.move(options) end

---@class (exact) fs.template.options
---@field text? string the template
---@field file? string the template's file
---@field values table<string, any> values by name

---Fill a Mustache template
---`{{name}}` is replaced as it is, without HTML escapes; a name that has no value is an error. Secrets among the values make the text a secret.
---@param options fs.template.options
---@return string|runbook.Secret # the filled text
function fs.template(options) end
