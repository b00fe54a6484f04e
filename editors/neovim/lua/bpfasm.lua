-- Starts bpfasm's language server for .bpf and .bpf.c files. Neovim 0.7 and later.
--
--   require("bpfasm").setup({ cmd = { "bpfasm", "lsp" } })
local M = {}

local defaults = {
  cmd = { "bpfasm", "lsp", "--stdio" },
  -- What the server is told at the start: inlayHints = { instructions = true, sessions = true }.
  init_options = {},
  -- Called with the client and the number of the buffer.
  on_attach = nil,
}

local markers = { "bpfasm.json", "compile_commands.json", ".git" }

-- The nearest folder above a file that holds one of the markers, else the file's own.
local function root_of(path)
  local folder = vim.fn.fnamemodify(path, ":p:h")
  local at = folder
  while true do
    for _, marker in ipairs(markers) do
      if vim.loop.fs_stat(at .. "/" .. marker) then
        return at
      end
    end
    local up = vim.fn.fnamemodify(at, ":h")
    if up == at then
      return folder
    end
    at = up
  end
end

local clients = {}

-- One server for each root.
local function attach(buffer, options)
  local root = root_of(vim.api.nvim_buf_get_name(buffer))
  local id = clients[root]
  if not id or not vim.lsp.get_client_by_id(id) then
    id = vim.lsp.start_client({
      name = "bpfasm",
      cmd = options.cmd,
      root_dir = root,
      init_options = options.init_options,
      on_attach = options.on_attach,
      get_language_id = function()
        return "bpf"
      end,
    })
    clients[root] = id
  end
  if id then
    vim.lsp.buf_attach_client(buffer, id)
  end
end

-- Shows the bytecode of the buffer in a window beside it.
function M.bytecode()
  local buffer = vim.api.nvim_get_current_buf()
  local params = { uri = vim.uri_from_bufnr(buffer) }
  vim.lsp.buf_request(buffer, "bpfasm/bytecode", params, function(_, result)
    if not result then
      vim.notify("bpfasm: the file does not compile", vim.log.levels.WARN)
      return
    end
    vim.cmd("botright vnew")
    vim.api.nvim_buf_set_lines(0, 0, -1, false, vim.split(result.text, "\n"))
    vim.bo.buftype = "nofile"
    vim.bo.bufhidden = "wipe"
    vim.bo.modifiable = false
  end)
end

function M.setup(given)
  local options = vim.tbl_extend("force", defaults, given or {})
  local group = vim.api.nvim_create_augroup("bpfasm", { clear = true })
  vim.api.nvim_create_autocmd({ "BufReadPost", "BufNewFile" }, {
    group = group,
    pattern = { "*.bpf", "*.bpf.c" },
    callback = function(event)
      attach(event.buf, options)
    end,
  })
  vim.api.nvim_create_user_command("BpfasmBytecode", M.bytecode, {})
end

return M
