-- Drives Neovim against the real server: prints a JSON object of what it saw, a line "FAILED: why" if something broke.
local folder = vim.env.PROBE_FOLDER
local seen = {}

local function wait(what, fits)
  if not vim.wait(20000, fits, 20) then
    error("no " .. what .. " in time")
  end
end

local function request(method, params)
  local answers, failure = vim.lsp.buf_request_sync(0, method, params, 20000)
  if not answers then
    error(method .. ": " .. tostring(failure))
  end
  for _, answer in pairs(answers) do
    if answer.error then
      error(method .. ": " .. vim.inspect(answer.error))
    end
    return answer.result
  end
end

local function at(line, column)
  vim.api.nvim_win_set_cursor(0, { line, column })
  return vim.lsp.util.make_position_params()
end

local function run()
  require("bpfasm").setup({ cmd = { vim.env.NODE, vim.env.BPFASM, "lsp", "--stdio" } })
  vim.cmd("edit " .. folder .. "/probe.bpf")
  seen.filetype = vim.bo.filetype
  wait("server", function()
    return #vim.lsp.buf_get_clients(0) > 0 or next(vim.lsp.buf_get_clients(0)) ~= nil
  end)
  wait("diagnostics", function()
    return #vim.diagnostic.get(0) > 0
  end)
  seen.diagnostics = vim.tbl_map(function(d)
    return { code = d.code, line = d.lnum + 1, message = d.message }
  end, vim.diagnostic.get(0))

  -- The code action of the misspelt field mends it.
  local range = vim.lsp.util.make_range_params()
  local wrong = vim.diagnostic.get(0)[1]
  local place = { line = wrong.lnum, character = wrong.col }
  range.range = { start = place, ["end"] = place }
  range.context = { diagnostics = {} }
  local actions = request("textDocument/codeAction", range)
  seen.action = actions[1].title
  vim.lsp.util.apply_workspace_edit(actions[1].edit, "utf-16")
  wait("clean diagnostics", function()
    return #vim.diagnostic.get(0) == 0
  end)

  seen.hover = request("textDocument/hover", at(5, 34)).contents.value
  local offered = request("textDocument/completion", at(5, 35))
  seen.completion = vim.tbl_map(function(item)
    return item.label
  end, offered.items)
  seen.definition = request("textDocument/definition", at(5, 24)).range.start.line + 1

  local rename = at(4, 6)
  rename.newName = "start"
  vim.lsp.util.apply_workspace_edit(request("textDocument/rename", rename), "utf-16")
  seen.text = vim.api.nvim_buf_get_lines(0, 0, -1, false)
  seen.symbols = request("textDocument/documentSymbol", { textDocument = vim.lsp.util.make_text_document_params() })[1].name
end

local ok, failure = pcall(run)
io.stdout:write(ok and vim.json.encode(seen) or ("FAILED: " .. tostring(failure)), "\n")
vim.cmd("qall!")
