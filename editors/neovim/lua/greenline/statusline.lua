-- The file's coverage and what Greenline is doing, for 'statusline': %{v:lua.require'greenline.statusline'.text()}

local M = {}

local words = {
  ['no-data'] = 'not measured',
  outdated = 'outdated',
  waiting = 'measuring',
  unreadable = 'report unreadable',
}
-- What is under way: client's id -> progress token -> its words.
local running = {}

local group = vim.api.nvim_create_augroup('greenline.statusline', {})

vim.api.nvim_create_autocmd('LspProgress', {
  group = group,
  callback = function(event)
    local client = vim.lsp.get_client_by_id(event.data.client_id)
    if client and client.name == 'greenline' then
      M.take(client.id, event.data.params)
    end
  end,
})

-- A server that is gone has nothing under way, and tells no end.
local function is_gone(id)
  local client = vim.lsp.get_client_by_id(id)
  return not client or client.is_stopped(client)
end

vim.api.nvim_create_autocmd('LspDetach', {
  group = group,
  callback = vim.schedule_wrap(function()
    vim.cmd.redrawstatus()
  end),
})

-- Takes one `$/progress` notification of a client.
function M.take(client, progress)
  local token, value = progress.token, progress.value
  running[client] = running[client] or {}
  local was = running[client][token] or {}
  if value.kind == 'end' then
    running[client][token] = nil
  else
    running[client][token] = { title = value.title or was.title, percentage = value.percentage or was.percentage }
  end
  vim.cmd.redrawstatus()
end

-- "83 % · 2 gaps" of the current buffer, with a job that is under way; empty where there is nothing to say.
function M.text()
  local known, parts = vim.b.greenline, {}
  local summary = known and known.summary
  if type(summary) == 'table' and summary.lines[2] > 0 then
    local gaps = known.gaps == 1 and 'gap' or 'gaps'
    table.insert(parts, ('%d %% · %d %s'):format(summary.percent, known.gaps, gaps))
  end
  if known and words[known.state] then
    table.insert(parts, words[known.state])
  end
  for id, jobs in pairs(running) do
    running[id] = not is_gone(id) and jobs or nil
    for _, job in pairs(running[id] or {}) do
      table.insert(parts, job.percentage and ('%s %d %%'):format(job.title, job.percentage) or job.title)
    end
  end
  return table.concat(parts, ' · ')
end

return M
