-- What the parts of Greenline's plugin for Neovim share: the coverage that the server tells, and its jobs.
-- Everything here is optional: lsp/greenline.lua alone shows diagnostics and writes tests.

local M = { handlers = {} }

-- job's id -> what to call with the parameters of its `greenline/jobEnded`.
local waiting = {}
-- Ends of jobs that nobody waits for yet: the answer that names a job may come after its end.
local ended = {}

-- `greenline/coverage` (docs/protocol.md): what the statusline says, and the signs.
M.handlers['greenline/coverage'] = function(_, coverage)
  local buffer = vim.uri_to_bufnr(coverage.uri)
  if not vim.api.nvim_buf_is_loaded(buffer) then
    return
  end
  vim.b[buffer].greenline = { state = coverage.state, gaps = coverage.gaps, summary = coverage.summary }
  require('greenline.signs').take(buffer, coverage)
  vim.cmd.redrawstatus()
end

-- A server that ended, or left the buffer.
vim.api.nvim_create_autocmd('LspDetach', {
  group = vim.api.nvim_create_augroup('greenline.coverage', {}),
  callback = function(event)
    local client = vim.lsp.get_client_by_id(event.data.client_id)
    if client and client.name == 'greenline' then
      vim.b[event.buf].greenline = nil
      require('greenline.signs').forget(event.buf)
    end
  end,
})

-- `greenline/jobEnded`: what a job was that somebody waits for.
M.handlers['greenline/jobEnded'] = function(_, job)
  local take = waiting[job.id]
  waiting[job.id] = nil
  if take then
    take(job)
  else
    ended = { [job.id] = job }
  end
end

-- `greenline/modelKey`: the key to models that was typed here.
M.handlers['greenline/modelKey'] = function()
  return require('greenline.model_key').answer()
end

-- Calls `take` with the end of a job, once.
function M.when_ended(id, take)
  local job = ended[id]
  if job then
    ended[id] = nil
    take(job)
  else
    waiting[id] = take
  end
end

-- The server of a buffer; nil, and a word about it, where there is none.
function M.client(buffer)
  local client = vim.lsp.get_clients({ name = 'greenline', bufnr = buffer or 0 })[1]
    or vim.lsp.get_clients({ name = 'greenline' })[1]
  if not client then
    vim.notify('Greenline is not running here. `:checkhealth greenline` says why.', vim.log.levels.WARN)
  end
  return client
end

-- Runs a command of the server; `take` gets its answer (docs/protocol.md).
function M.execute(client, command, argument, take)
  local params = { command = command, arguments = argument and { argument } or nil }
  local function answered(err, answer)
    if err then
      vim.notify('Greenline: ' .. err.message, vim.log.levels.ERROR)
    elseif take then
      take(answer)
    end
  end
  if vim.fn.has('nvim-0.11') == 1 then
    client:request('workspace/executeCommand', params, answered)
  else
    client.request('workspace/executeCommand', params, answered)
  end
end

-- What setup() starts in Neovim 0.10, which knows no vim.lsp.config().
local started

-- What is started, as lsp/greenline.lua, vim.lsp.config() and setup() have it.
function M.config()
  local config = started or vim.lsp.config and vim.lsp.config.greenline
  if not config then
    local file = vim.api.nvim_get_runtime_file('lsp/greenline.lua', false)[1]
    config = file and dofile(file) or nil
  end
  return config
end

-- Starts Greenline for Python files. Options: `cmd` and `settings` (the server's, without the `greenline` around them)
-- and `signs` (see greenline.signs; false for none). Neovim 0.11 and later can say vim.lsp.enable('greenline') instead.
function M.setup(options)
  options = options or {}
  if options.signs ~= nil then
    require('greenline.signs').setup(options.signs)
  end
  local own = { cmd = options.cmd, settings = options.settings and { greenline = options.settings } or nil }
  if vim.lsp.config then
    vim.lsp.config('greenline', own)
    vim.lsp.enable('greenline')
    return
  end
  own = vim.tbl_deep_extend('force', M.config(), own, { name = 'greenline' })
  started = own
  local function start(buffer)
    own.root_dir = vim.fs.root(buffer, own.root_markers)
    vim.lsp.start(own, { bufnr = buffer })
  end
  vim.api.nvim_create_autocmd('FileType', {
    group = vim.api.nvim_create_augroup('greenline', {}),
    pattern = own.filetypes,
    callback = function(event)
      start(event.buf)
    end,
  })
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(buffer) and vim.tbl_contains(own.filetypes, vim.bo[buffer].filetype) then
      start(buffer)
    end
  end
end

return M
