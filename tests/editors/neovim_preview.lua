-- Plays a person in Neovim who wants to see new tests before they are written, and says no.
local stage = dofile((debug.getinfo(1, 'S').source:sub(2):gsub('[^/]+$', 'neovim_stage.lua')))
local input, told, wait_for = stage.input, stage.told, stage.wait_for
told.asked = {}

local function play()
  local config = dofile(input.config)
  config.cmd = input.command
  config.settings.greenline = { interpreter = input.interpreter, generate = { preview = true } }
  local shown = vim.lsp.handlers['window/showMessage']
  vim.lsp.handlers['window/showMessage'] = function(err, params, ctx)
    table.insert(told.messages, params.message)
    return shown(err, params, ctx)
  end
  vim.fn.confirm = function(message)
    table.insert(told.asked, message)
    return 2
  end
  -- A Neovim that shows no change before it is made is asked so.
  vim.lsp.handlers['window/showMessageRequest'] = function(_, params)
    table.insert(told.asked, params.message)
    return { title = 'Discard' }
  end
  vim.api.nvim_create_autocmd('FileType', {
    pattern = config.filetypes,
    callback = function()
      config.name = 'greenline'
      config.root_dir = vim.fs.root(0, config.root_markers)
      vim.lsp.start(config)
    end,
  })
  vim.cmd.edit(vim.fn.fnameescape(input.file))
  wait_for('the server attaches', function()
    return #vim.lsp.get_clients({ bufnr = 0 }) > 0
  end)
  local client = vim.lsp.get_clients({ bufnr = 0 })[1]
  local argument = { uri = vim.uri_from_bufnr(0), qualname = input.function_name }
  client.request('workspace/executeCommand', { command = 'greenline.generateTest', arguments = { argument } })
  wait_for('the end is told', function()
    return #told.messages > 0
  end)
  told.step = 'done'
end

stage.run(play)
